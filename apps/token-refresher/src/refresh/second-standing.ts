import type { EntityManager } from 'typeorm';
import type { StatusReason } from '@trunkline/contracts';
import { connectionOf } from '../credential/token-id.js';
import { updated } from '../credential/updated-rows.js';

/** A connection's own row after it was noted there how a further token stands. */
export interface Standing {
  readonly connectionId: string;
  /** As it is told: later than whatever was told before. */
  readonly version: number;
  readonly expiresAt: Date | null;
  /** The first token is broken itself, which is what is told of the connection meanwhile. */
  readonly firstBroken: boolean;
}

const standing = `
  connection_id AS "connectionId", (version + second_told)::float8 AS version, access_expires_at AS "expiresAt",
  (status = 'broken' OR status_when_enabled IS NOT DISTINCT FROM 'broken') AS "firstBroken"`;

/**
 * The connection's row first, then its token's: whoever writes both takes them in this order, and whoever refreshes the first comes before
 * or after the whole of it.
 */
export async function holdConnections(tx: EntityManager, rowIds: readonly string[]): Promise<void> {
  if (rowIds.length === 0) return;
  await tx.query('SELECT 1 FROM tokens.credential WHERE connection_id = ANY($1) ORDER BY connection_id FOR UPDATE', [rowIds.map(connectionOf)]);
}

/** A further token broke. Held before by {@link holdConnections}. */
export async function noteSecondBroken(tx: EntityManager, rowId: string, reason: StatusReason): Promise<Standing | undefined> {
  const [row] = await updated<Standing>(tx, `
    UPDATE tokens.credential SET second_broken = $2, second_told = second_told + 1, updated_at = clock_timestamp()
    WHERE connection_id = $1 AND deleted_at IS NULL RETURNING ${standing}`, [connectionOf(rowId), reason]);
  return row;
}

/** Further tokens were renewed. @returns the connections this mends */
export function noteSecondsRenewed(tx: EntityManager, rowIds: readonly string[]): Promise<Standing[]> {
  return updated<Standing>(tx, `
    UPDATE tokens.credential SET second_broken = NULL, second_told = second_told + 1, updated_at = clock_timestamp()
    WHERE connection_id = ANY($1) AND deleted_at IS NULL AND second_broken IS NOT NULL RETURNING ${standing}`, [rowIds.map(connectionOf)]);
}
