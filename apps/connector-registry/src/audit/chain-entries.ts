import type { DataSource, EntityManager } from 'typeorm';
import { auditColumns, type AuditRow } from './audit-row.js';
import { chainOf, chainStart, hashOf } from './audit-chain.js';

const batch = 500;

interface Head {
  readonly sequence: number;
  readonly hash: Buffer;
}

/**
 * Gives entries that are committed their places in the chains. One process at a time does it (an advisory lock that ends with the
 * transaction); one that dies has written nothing, and the next one begins where it did.
 *
 * @returns 'again' if there may be more
 */
export async function chainEntries(database: DataSource): Promise<void | 'again'> {
  const taken = await database.transaction(async (tx) => {
    const [lock] = await tx.query<{ mine: boolean }[]>(`SELECT pg_try_advisory_xact_lock(hashtext('trunkline:audit-chain')) AS mine`);
    if (lock?.mine !== true) return 0;
    const rows = await tx.query<AuditRow[]>(
      `SELECT ${auditColumns} FROM registry.audit_unchained AS waiting JOIN registry.audit_entry AS entry ON entry.id = waiting.entry_id ORDER BY waiting.place LIMIT $1`,
      [batch],
    );
    if (rows.length === 0) return 0;
    const heads = await headsOf(tx, [...new Set(rows.map(chainOf))]);
    const links = rows.map((row) => {
      const chain = chainOf(row);
      const before = heads.get(chain) ?? { sequence: 0, hash: chainStart };
      const sequence = before.sequence + 1;
      const hash = hashOf(before.hash, sequence, row);
      heads.set(chain, { sequence, hash });
      return { chain, sequence, entryId: row.id, hash };
    });
    await tx.query('INSERT INTO registry.audit_chain (chain, sequence, entry_id, hash) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bytea[])', [
      links.map(({ chain }) => chain),
      links.map(({ sequence }) => sequence),
      links.map(({ entryId }) => entryId),
      links.map(({ hash }) => hash),
    ]);
    await tx.query('DELETE FROM registry.audit_unchained WHERE entry_id = ANY($1)', [links.map(({ entryId }) => entryId)]);
    return rows.length;
  });
  if (taken === batch) return 'again';
}

async function headsOf(tx: EntityManager, chains: readonly string[]): Promise<Map<string, Head>> {
  const rows = await tx.query<{ chain: string; sequence: string; hash: Buffer }[]>(
    `SELECT chain, sequence, hash FROM unnest($1::text[]) AS wanted (name)
     CROSS JOIN LATERAL (SELECT chain, sequence, hash FROM registry.audit_chain WHERE chain = wanted.name ORDER BY sequence DESC LIMIT 1) AS head`,
    [chains],
  );
  return new Map(rows.map(({ chain, sequence, hash }) => [chain, { sequence: Number(sequence), hash }]));
}
