import type { EntityManager } from 'typeorm';
import type { Connection } from '@trunkline/contracts';

/** How a connection stands, as far as its flows are concerned. Trouble (degraded) is none of these: flows go on being tried. */
export type SourceState = 'present' | 'disabled' | 'missing';

export interface SourceNews {
  readonly connectionId: string;
  readonly platformId: string;
  readonly state: SourceState;
  readonly degradedReason: string | null;
}

/**
 * Takes over what an event says of a connection, and holds its row until the transaction ends. An event older than the newest one
 * taken over changes nothing, so a deletion that was handled first is not undone by an activation that came late.
 *
 * @returns whether it was news
 */
export async function hearOfSource(tx: EntityManager, eventId: string, { connectionId, platformId, state, degradedReason }: SourceNews): Promise<boolean> {
  const rows = (await tx.query(
    `INSERT INTO sync.source AS held (connection_id, platform_id, state, degraded_reason, fact_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (connection_id) DO UPDATE
       SET state = excluded.state, degraded_reason = excluded.degraded_reason, fact_id = excluded.fact_id, updated_at = now()
       WHERE held.fact_id < excluded.fact_id
     RETURNING connection_id`,
    [connectionId, platformId, state, degradedReason, eventId],
  )) as unknown[];
  if (rows.length === 0) return false;
  // Flows carry a copy: the scheduler then finds what is due by one index.
  await tx.query('SELECT 1 FROM sync.flow WHERE connection_id = $1 OR destination_connection_id = $1 ORDER BY id FOR NO KEY UPDATE', [connectionId]);
  await tx.query('UPDATE sync.flow SET source_state = $2, updated_at = now() WHERE connection_id = $1 AND source_state <> $2', [connectionId, state]);
  await tx.query('UPDATE sync.flow SET destination_state = $2, updated_at = now() WHERE destination_connection_id = $1 AND destination_state <> $2', [connectionId, state]);
  return true;
}

/** A connection somebody is about to rely on. */
export interface KnownSource {
  readonly id: string;
  readonly platformId: string;
  /** What the registry says; it counts as long as no event was heard. */
  readonly state: SourceState;
}

/** How a connection stands by the registry's word. One that waits for its first credential is not to be read yet either. */
export const sourceOf = ({ id, platformId, status }: Pick<Connection, 'id' | 'platformId' | 'status'>): KnownSource => ({
  id,
  platformId,
  state: status === 'missing' ? 'missing' : status === 'disabled' || status === 'pending' ? 'disabled' : 'present',
});

/**
 * Holds the rows of connections until the transaction ends, made where they are missing, in order of id: whoever makes flows on a
 * connection, and whoever puts another in its place, do it one after the other.
 *
 * @returns their state by id. An event that was heard stands against the registry's answer, which may have been under way for longer.
 */
export async function holdSources(tx: EntityManager, sources: readonly KnownSource[]): Promise<Map<string, SourceState>> {
  const rows = (await tx.query(
    `INSERT INTO sync.source AS held (connection_id, platform_id, state)
     SELECT id, platform_id, state FROM jsonb_to_recordset($1::jsonb) AS x(id text, platform_id text, state text) ORDER BY id
     ON CONFLICT (connection_id) DO UPDATE SET state = held.state
     RETURNING connection_id AS id, state`,
    [JSON.stringify(sources.map(({ id, platformId, state }) => ({ id, platform_id: platformId, state })))],
  )) as { id: string; state: SourceState }[];
  return new Map(rows.map(({ id, state }) => [id, state]));
}
