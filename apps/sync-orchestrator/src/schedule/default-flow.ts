import type { EntityManager } from 'typeorm';
import { newId, type Connection, type connectionActivated, type connectionDegraded, type connectionDeleted, type DataOf } from '@trunkline/contracts';
import { changedRows } from '../changed-rows.js';

/** The part of a flow that is needed to start a run of it. */
export interface RunnableFlow {
  readonly id: string;
  readonly connectionId: string;
  readonly projectId: string;
  readonly connector: string;
}

export interface FlowTimes {
  /** For flows that are made here. */
  readonly intervalSeconds: number;
  readonly firstDelaySeconds: number;
}

const runnable = 'id, connection_id AS "connectionId", project_id AS "projectId", connector';

/**
 * A connection became active: it has a flow from now on, due after the first delay. A flow that stands keeps its schedule; one whose
 * connection was deleted comes back. An event older than the newest one taken over changes nothing, so a deletion that was handled
 * first is not undone by an activation that came late.
 */
export async function activateFlow(tx: EntityManager, eventId: string, fact: DataOf<typeof connectionActivated>, times: FlowTimes): Promise<void> {
  await tx.query(
    `INSERT INTO sync.flow AS held (id, platform_id, project_id, connection_id, connector, owner_id, inputs, interval_seconds, next_run_at, fact_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9), $10)
     ON CONFLICT (connection_id) WHERE is_default DO UPDATE
       SET owner_id = excluded.owner_id, inputs = excluded.inputs, fact_id = excluded.fact_id, degraded_reason = NULL, updated_at = now(), deleted_at = NULL,
           next_run_at = CASE WHEN held.deleted_at IS NULL THEN held.next_run_at ELSE excluded.next_run_at END
       WHERE held.fact_id < excluded.fact_id`,
    [newId('flow'), fact.platformId, fact.projectId, fact.connectionId, fact.connector, fact.ownerId, JSON.stringify(fact.inputs), times.intervalSeconds, times.firstDelaySeconds, eventId],
  );
}

/** The connection has trouble. The flow stays as it is: its runs go on being tried, and say themselves why they fail. */
export async function noteDegraded(tx: EntityManager, eventId: string, fact: DataOf<typeof connectionDegraded>): Promise<void> {
  await tx.query(
    `UPDATE sync.flow SET degraded_reason = $3, fact_id = $2, updated_at = now() WHERE connection_id = $1 AND is_default AND deleted_at IS NULL AND fact_id < $2`,
    [fact.connectionId, eventId, fact.reason],
  );
}

/**
 * The connection was deleted: the flow gets its tombstone (also one that was never made, for an activation that is still to come)
 * and forgets where it was reading; the generations stay. The caller cancels what is under way, in the same transaction.
 *
 * @returns the flow's id, null if a newer event was taken over already
 */
export async function buryFlow(tx: EntityManager, eventId: string, fact: DataOf<typeof connectionDeleted>): Promise<string | null> {
  const rows = (await tx.query(
    `INSERT INTO sync.flow AS held (id, platform_id, project_id, connection_id, connector, interval_seconds, next_run_at, fact_id, deleted_at)
     VALUES ($1, $2, $3, $4, $5, 3600, now(), $6, now())
     ON CONFLICT (connection_id) WHERE is_default DO UPDATE SET fact_id = excluded.fact_id, deleted_at = now(), updated_at = now()
       WHERE held.fact_id < excluded.fact_id
     RETURNING id`,
    [newId('flow'), fact.platformId, fact.projectId, fact.connectionId, fact.connector, eventId],
  )) as { id: string }[];
  return rows[0]?.id ?? null;
}

/** A tombstone younger than this knows more than an answer of the registry that may have been under way. */
const tombstoneWins = '1 minute';

/**
 * The flows of these connections, made where they are missing, locked for this transaction. In order of connection, so that two
 * syncs of one project wait for each other instead of deadlocking.
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
           next_run_at = CASE WHEN held.deleted_at IS NULL THEN held.next_run_at ELSE excluded.next_run_at END
       WHERE held.deleted_at IS NULL OR held.deleted_at < now() - interval '${tombstoneWins}'
     RETURNING ${runnable}`,
    [JSON.stringify(wanted), intervalSeconds],
  )) as RunnableFlow[];
}

export interface DueFlow extends RunnableFlow {
  /** The fire of the schedule that is due, as PostgreSQL writes it: a Date would lose its microseconds. */
  readonly plannedAt: string;
  readonly lateSeconds: number;
}

/**
 * Takes flows that are due, by the database's clock, and moves their next fire on by whole intervals: fires that were missed
 * collapse to the latest one. Other replicas skip what is locked here.
 */
export async function claimDue(tx: EntityManager, limit: number): Promise<DueFlow[]> {
  return changedRows<DueFlow>(
    tx,
    `UPDATE sync.flow AS held
     SET next_run_at = due.fire + make_interval(secs => held.interval_seconds)
     FROM (
       SELECT id, extract(epoch FROM now() - next_run_at) AS late,
              next_run_at + make_interval(secs => interval_seconds * floor(extract(epoch FROM now() - next_run_at) / interval_seconds)) AS fire
       FROM sync.flow
       WHERE enabled AND deleted_at IS NULL AND next_run_at <= now()
       ORDER BY next_run_at
       LIMIT $1
       FOR UPDATE SKIP LOCKED
     ) AS due
     WHERE held.id = due.id
     RETURNING held.id, held.connection_id AS "connectionId", held.project_id AS "projectId", held.connector, due.fire::text AS "plannedAt", due.late::float8 AS "lateSeconds"`,
    [limit],
  );
}
