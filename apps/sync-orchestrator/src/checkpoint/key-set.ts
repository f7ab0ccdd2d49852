import type { EntityManager } from 'typeorm';

/** The keys of a stream that are known, and which pass over them this is. */
export interface KeySet {
  readonly id: string;
  readonly pass: number;
}

/** What a key is known by: sixteen bytes, however long it is. */
export const digestOf = (key: string): string => `substr(sha256(convert_to(${key}, 'UTF8')), 1, 16)`;

/** How far the deletions of a complete pass are. `due`: it is to be judged what may be deleted. */
export type Sweep = { readonly phase: 'due' } | { readonly phase: 'sweeping'; readonly before: number; /** Digest of the last key gone, in hex. */ readonly after: string; readonly withheld: number };

/**
 * The key set of a stream a worker has just claimed. A pass that begins has a number of its own from here on. Keys of another connection are
 * another account's: they are left to be forgotten.
 */
export async function openKeySet(tx: EntityManager, { flowId, stream, connectionId }: { flowId: string; stream: string; connectionId: string }, begins: boolean): Promise<KeySet> {
  await tx.query('UPDATE sync.key_set SET retired = true WHERE flow_id = $1 AND stream = $2 AND NOT retired AND connection_id <> $3', [flowId, stream, connectionId]);
  const [set] = (await tx.query(
    `INSERT INTO sync.key_set AS held (flow_id, stream, connection_id) VALUES ($1, $2, $3)
     ON CONFLICT (flow_id, stream) WHERE NOT retired DO UPDATE
       SET pass = held.pass + CASE WHEN $4 THEN 1 ELSE 0 END, unclean = held.unclean AND NOT $4
     RETURNING id, pass`,
    [flowId, stream, connectionId, begins],
  )) as [KeySet];
  return set;
}
