import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whoever locks rows of several of these tables does it in this order: flow, run, task, checkpoint. Nothing can deadlock then.
 */
export class SyncTables1760000500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `fact_id` is the id of the newest event about the connection that was taken over; ids sort by time, so late events are known as such.
    await runner.query(`
      CREATE TABLE sync.flow (
        id text PRIMARY KEY,
        platform_id text NOT NULL,
        project_id text NOT NULL,
        connection_id text NOT NULL,
        connector text NOT NULL,
        owner_id text,
        inputs jsonb NOT NULL DEFAULT '{}',
        is_default boolean NOT NULL DEFAULT true,
        enabled boolean NOT NULL DEFAULT true,
        interval_seconds int NOT NULL CHECK (interval_seconds > 0),
        next_run_at timestamptz NOT NULL,
        last_synced_at timestamptz,
        degraded_reason text,
        fact_id text COLLATE "C" NOT NULL DEFAULT '',
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        deleted_at timestamptz
      )`);
    await runner.query('CREATE UNIQUE INDEX flow_default_of_connection ON sync.flow (connection_id) WHERE is_default');
    await runner.query('CREATE INDEX flow_due ON sync.flow (next_run_at) WHERE enabled AND deleted_at IS NULL');
    await runner.query('CREATE INDEX flow_project ON sync.flow (project_id)');

    await runner.query(`
      CREATE TABLE sync.run (
        id text PRIMARY KEY,
        flow_id text NOT NULL REFERENCES sync.flow,
        connection_id text NOT NULL,
        project_id text NOT NULL,
        connector text NOT NULL,
        trigger text NOT NULL CHECK (trigger IN ('manual', 'schedule')),
        status text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled')),
        planned_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz,
        UNIQUE (flow_id, planned_at)
      )`);
    await runner.query(`CREATE UNIQUE INDEX run_one_active_of_flow ON sync.run (flow_id) WHERE status IN ('queued', 'running')`);
    await runner.query('CREATE INDEX run_finished_at ON sync.run (finished_at)');

    await runner.query(`
      CREATE TABLE sync.sync (
        id text PRIMARY KEY,
        project_id text NOT NULL,
        connectors text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX sync_created_at ON sync.sync (created_at)');
    await runner.query(`
      CREATE TABLE sync.sync_run (
        sync_id text NOT NULL REFERENCES sync.sync ON DELETE CASCADE,
        run_id text NOT NULL REFERENCES sync.run ON DELETE CASCADE,
        PRIMARY KEY (sync_id, run_id)
      )`);
    await runner.query('CREATE INDEX sync_run_of_run ON sync.sync_run (run_id)');

    // `lease_fence` is the generation of the claim that holds the task; `nudge_at` is when a task nobody holds gets a (new) job.
    await runner.query(`
      CREATE TABLE sync.task (
        id text PRIMARY KEY,
        run_id text NOT NULL REFERENCES sync.run ON DELETE CASCADE,
        flow_id text NOT NULL REFERENCES sync.flow,
        connector text NOT NULL,
        stream text NOT NULL,
        status text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
        records bigint NOT NULL DEFAULT 0,
        deleted bigint NOT NULL DEFAULT 0,
        pages bigint NOT NULL DEFAULT 0,
        quarantined bigint NOT NULL DEFAULT 0,
        read_to_end boolean NOT NULL DEFAULT false,
        error_code text,
        error_message text,
        lease_owner text,
        lease_fence bigint NOT NULL DEFAULT 0,
        lease_until timestamptz,
        attempts int NOT NULL DEFAULT 0,
        first_failed_at timestamptz,
        not_before timestamptz NOT NULL DEFAULT now(),
        nudge_at timestamptz NOT NULL,
        nudges int NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz,
        UNIQUE (run_id, stream)
      )`);
    await runner.query(`CREATE INDEX task_to_nudge ON sync.task (nudge_at) WHERE status IN ('queued', 'running')`);

    // The state is the reader's own: json keeps its text as it is, jsonb would refuse a cursor with U+0000 or half a surrogate pair.
    await runner.query(`
      CREATE TABLE sync.checkpoint (
        flow_id text NOT NULL REFERENCES sync.flow,
        stream text NOT NULL,
        state json,
        version bigint NOT NULL DEFAULT 0,
        generation bigint NOT NULL DEFAULT 0,
        sequence bigint NOT NULL DEFAULT 0,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (flow_id, stream)
      )`);

    await runner.query(`
      CREATE TABLE sync.quarantine (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        flow_id text NOT NULL REFERENCES sync.flow,
        stream text NOT NULL,
        run_id text NOT NULL REFERENCES sync.run ON DELETE CASCADE,
        reason text NOT NULL,
        page bigint NOT NULL,
        position int NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX quarantine_of_run ON sync.quarantine (run_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['quarantine', 'checkpoint', 'task', 'sync_run', 'sync', 'run', 'flow']) await runner.query(`DROP TABLE sync.${table}`);
  }
}
