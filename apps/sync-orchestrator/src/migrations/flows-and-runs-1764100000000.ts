import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTable } from '@trunkline/persistence';

const analytics = `'{"type":"analytics"}'`;

/**
 * Flows say per stream how it is read and which members are kept, where it goes, and when by interval or by cron, or not by themselves.
 * A run and its tasks carry what they began with: a flow may be changed while it is read.
 */
export class FlowsAndRuns1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync.flow RENAME COLUMN streams TO stream_names');
    await runner.query(`
      ALTER TABLE sync.flow
        ADD COLUMN streams jsonb CHECK (jsonb_typeof(streams) = 'array' AND streams <> '[]'::jsonb),
        ADD COLUMN destination jsonb NOT NULL DEFAULT ${analytics},
        ADD COLUMN destination_connection_id text GENERATED ALWAYS AS (destination ->> 'connectionId') STORED,
        ADD COLUMN destination_state text CHECK (destination_state IN ('present', 'disabled', 'missing')),
        ADD COLUMN cron text,
        ALTER COLUMN interval_seconds DROP NOT NULL,
        ALTER COLUMN next_run_at DROP NOT NULL`);
    await runner.query(`
      UPDATE sync.flow SET streams = (
        SELECT jsonb_agg(jsonb_build_object('name', chosen.name, 'mode', 'incremental', 'fields', NULL) ORDER BY chosen.place)
        FROM unnest(stream_names) WITH ORDINALITY AS chosen(name, place))
      WHERE stream_names IS NOT NULL`);
    await runner.query(`
      ALTER TABLE sync.flow
        DROP COLUMN stream_names,
        ADD CONSTRAINT flow_one_schedule CHECK (num_nonnulls(interval_seconds, cron) = num_nonnulls(next_run_at)),
        ADD CONSTRAINT flow_destination_state CHECK ((destination ->> 'connectionId' IS NULL) = (destination_state IS NULL)),
        ADD CONSTRAINT flow_not_into_itself CHECK (destination ->> 'connectionId' IS DISTINCT FROM connection_id)`);
    await runner.query('CREATE INDEX flow_to_connection ON sync.flow (destination_connection_id) WHERE destination_connection_id IS NOT NULL');

    await runner.query(`
      ALTER TABLE sync.run
        ADD COLUMN destination jsonb NOT NULL DEFAULT ${analytics},
        ADD COLUMN full_reading boolean NOT NULL DEFAULT false,
        DROP CONSTRAINT run_trigger_check,
        ADD CONSTRAINT run_trigger_check CHECK (trigger IN ('manual', 'schedule', 'retry'))`);
    for (const owner of ['flow', 'project', 'platform', 'connection']) await runner.query(`CREATE INDEX run_of_${owner} ON sync.run (${owner}_id, created_at, id)`);

    await runner.query(`
      ALTER TABLE sync.task
        ADD COLUMN mode text NOT NULL DEFAULT 'incremental' CHECK (mode IN ('full', 'incremental', 'incremental_with_deletions')),
        ADD COLUMN fields jsonb,
        ADD COLUMN project_id text`);
    await runner.query('UPDATE sync.task t SET project_id = r.project_id FROM sync.run r WHERE r.id = t.run_id');
    await runner.query('ALTER TABLE sync.task ALTER COLUMN project_id SET NOT NULL');
    // Whose turn it is: what waits of each project, the longest waiting first, and what is being worked on.
    await runner.query(`CREATE INDEX task_open_of_project ON sync.task (project_id, not_before, id) WHERE status IN ('queued', 'running')`);
    await runner.query('CREATE INDEX task_under_way ON sync.task (project_id) WHERE lease_owner IS NOT NULL');

    await protectTable(runner, { table: 'sync.quarantine', privileges: 'SELECT', policy: 'EXISTS (SELECT 1 FROM sync.run r WHERE r.id = run_id)' });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP POLICY tenant ON sync.quarantine');
    await runner.query('ALTER TABLE sync.quarantine DISABLE ROW LEVEL SECURITY');
    await runner.query('REVOKE ALL ON sync.quarantine FROM trunkline_tenant');
    await runner.query('DROP INDEX sync.task_open_of_project, sync.task_under_way');
    await runner.query('ALTER TABLE sync.task DROP COLUMN mode, DROP COLUMN fields, DROP COLUMN project_id');
    await runner.query('DROP INDEX sync.run_of_flow, sync.run_of_project, sync.run_of_platform, sync.run_of_connection, sync.flow_to_connection');
    await runner.query(`UPDATE sync.run SET trigger = 'manual' WHERE trigger = 'retry'`);
    await runner.query(`
      ALTER TABLE sync.run DROP COLUMN destination, DROP COLUMN full_reading,
        DROP CONSTRAINT run_trigger_check, ADD CONSTRAINT run_trigger_check CHECK (trigger IN ('manual', 'schedule'))`);
    // The former schema knows one schedule and one destination: what has another is not run by itself any more.
    await runner.query(`UPDATE sync.flow SET enabled = false WHERE interval_seconds IS NULL OR destination_connection_id IS NOT NULL`);
    await runner.query('ALTER TABLE sync.flow DROP CONSTRAINT flow_one_schedule, DROP CONSTRAINT flow_destination_state, DROP CONSTRAINT flow_not_into_itself');
    await runner.query('UPDATE sync.flow SET interval_seconds = coalesce(interval_seconds, 3600), next_run_at = coalesce(next_run_at, now())');
    await runner.query('ALTER TABLE sync.flow ADD COLUMN stream_names text[] CHECK (cardinality(stream_names) > 0)');
    await runner.query(`UPDATE sync.flow SET stream_names = ARRAY(SELECT s.value ->> 'name' FROM jsonb_array_elements(streams) WITH ORDINALITY AS s(value, place) ORDER BY place) WHERE streams IS NOT NULL`);
    await runner.query(`
      ALTER TABLE sync.flow DROP COLUMN streams, DROP COLUMN destination_connection_id, DROP COLUMN destination_state, DROP COLUMN destination, DROP COLUMN cron,
        ALTER COLUMN interval_seconds SET NOT NULL, ALTER COLUMN next_run_at SET NOT NULL`);
    await runner.query('ALTER TABLE sync.flow RENAME COLUMN stream_names TO streams');
  }
}
