import type { StatusReason } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import { after, type Move } from '../connection/connection.js';
import type { ConnectionRow } from '../connection/connection.entity.js';
import { lockConnection, moveConnection } from '../connection/move-connection.js';
import type { RegistryParts } from '../registry-parts.js';
import { verdict } from './health-policy.js';
import { evidenceOf, readHealth } from './health-row.js';

/**
 * Brings one connection where its evidence says it should stand. Computed anew while the connection is held: what made somebody come
 * here may be over, and a second one who comes finds nothing left to do.
 *
 * @returns whether anything changed
 */
export const settleStatus = (parts: RegistryParts, connectionId: string): Promise<boolean> =>
  parts.database.transaction(async (tx) => {
    const row = await lockConnection(tx, { connectionId });
    const health = row === null ? undefined : await readHealth(tx, connectionId);
    if (row === null || health === undefined) return false;
    const move = verdict(evidenceOf(health));
    return move !== null && moveIfChanged(parts, tx, row, move);
  });

/** A move that leads nowhere is none: the connection's version grows only with what can be seen. */
export async function moveIfChanged(parts: RegistryParts, tx: EntityManager, row: ConnectionRow, move: { readonly name: Move; readonly reason?: StatusReason }): Promise<boolean> {
  const now = after(row, move.name, move.reason);
  if (now.status === row.status && now.statusReason === row.statusReason) return false;
  await moveConnection(parts, tx, row, move);
  return true;
}
