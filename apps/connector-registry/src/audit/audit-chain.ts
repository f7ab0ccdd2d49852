import { createHash } from 'node:crypto';
import type { AuditRow } from './audit-row.js';

/** What the first entry of a chain follows. */
export const chainStart = Buffer.alloc(32);

/** The chain an entry belongs to: its platform's, or the installation's. */
export const chainOf = (row: Pick<AuditRow, 'platform_id'>): string => row.platform_id ?? '';

/**
 * SHA-256 over the hash before, the place, and every member of the entry as one JSON array: to change, move, add or remove an entry
 * means to change every hash after it. Pure.
 */
export function hashOf(previous: Uint8Array, sequence: number, row: AuditRow): Buffer {
  const members = [
    sequence,
    row.id,
    row.at,
    row.platform_id,
    row.project_id,
    row.actor_kind,
    row.actor_id,
    row.actor_user_id,
    row.action,
    row.target_type,
    row.target_id,
    row.outcome,
    row.details,
    row.request_id,
  ];
  return createHash('sha256').update(previous).update(JSON.stringify(members)).digest();
}
