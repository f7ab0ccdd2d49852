import type { EntityManager } from 'typeorm';
import { newId, type Connection, type connectionActivated, type DataOf, type Destination, type FlowStream } from '@trunkline/contracts';

/** The part of a flow that is needed to start a run of it. */
export interface RunnableFlow {
  readonly id: string;
  readonly connectionId: string;
  readonly projectId: string;
  readonly connector: string;
  /** Null: every stream of the connector. */
  readonly chosen: readonly FlowStream[] | null;
  readonly destination: Destination;
}

export interface FlowTimes {
  /** For flows that are made here. */
  readonly intervalSeconds: number;
  readonly firstDelaySeconds: number;
}

/** Columns of a {@link RunnableFlow}. */
export const runnable = 'id, connection_id AS "connectionId", project_id AS "projectId", connector, streams AS chosen, destination';

/**
 * A connection of a project became active: it has a flow from now on, due after the first delay. A flow that stands keeps its
 * schedule; one whose connection was deleted comes back. The caller holds the connection's source, and knows the event is news.
 */
export async function activateFlow(tx: EntityManager, fact: DataOf<typeof connectionActivated>, times: FlowTimes): Promise<void> {
  // In which project the records of a platform's connection belong is said by the flows that projects make on it.
  if (fact.projectId === null) return;
  await tx.query(
    `INSERT INTO sync.flow AS held (id, platform_id, project_id, connection_id, connector, owner_id, inputs, interval_seconds, next_run_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
     ON CONFLICT (connection_id) WHERE is_default DO UPDATE
       SET owner_id = excluded.owner_id, inputs = excluded.inputs, updated_at = now(), deleted_at = NULL,
           next_run_at = CASE WHEN held.deleted_at IS NULL OR held.next_run_at IS NULL THEN held.next_run_at ELSE excluded.next_run_at END`,
    [newId('flow'), fact.platformId, fact.projectId, fact.connectionId, fact.connector, fact.ownerId, JSON.stringify(fact.inputs), times.intervalSeconds, times.firstDelaySeconds],
  );
}

/**
 * The connection was deleted: its default flow gets its tombstone, those that people made stay and show it missing. All forget where
 * they were reading; the generations stay.
 */
export async function buryDefaultFlow(tx: EntityManager, connectionId: string): Promise<void> {
  await tx.query('UPDATE sync.flow SET deleted_at = now(), updated_at = now() WHERE connection_id = $1 AND is_default AND deleted_at IS NULL', [connectionId]);
}

/**
 * The default flows of these connections, made where they are missing, locked for this transaction. In order of connection, so that
 * two syncs of one project wait for each other instead of deadlocking. The caller holds the sources, and knows they are present.
 */
export async function lockDefaultFlows(tx: EntityManager, connections: readonly Connection[], intervalSeconds: number): Promise<RunnableFlow[]> {
  const wanted = connections.map((connection) => ({
    id: newId('flow'),
    platform_id: connection.platformId,
    project_id: connection.projectId,
    connection_id: connection.id,
    connector: connection.connector,
    owner_id: connection.ownerId,
    inputs: connection.inputs,
  }));
  return (await tx.query(
    `INSERT INTO sync.flow AS held (id, platform_id, project_id, connection_id, connector, owner_id, inputs, interval_seconds, next_run_at)
     SELECT id, platform_id, project_id, connection_id, connector, owner_id, inputs, $2::int, now() + make_interval(secs => $2::int)
     FROM jsonb_to_recordset($1::jsonb) AS x(id text, platform_id text, project_id text, connection_id text, connector text, owner_id text, inputs jsonb)
     ORDER BY connection_id
     ON CONFLICT (connection_id) WHERE is_default DO UPDATE
       SET owner_id = excluded.owner_id, inputs = excluded.inputs, updated_at = now(), deleted_at = NULL,
           next_run_at = CASE WHEN held.deleted_at IS NULL OR held.next_run_at IS NULL THEN held.next_run_at ELSE excluded.next_run_at END
     RETURNING ${runnable}`,
    [JSON.stringify(wanted), intervalSeconds],
  )) as RunnableFlow[];
}
