import type { MigrationInterface, QueryRunner } from 'typeorm';
import { currentPlatform, currentProject, protectTable, tenantPolicies } from '@trunkline/persistence';

/**
 * Flows that people make, beside the default one of each connection of a project. A connection of a platform has no default flow: in
 * which project its records belong is only known when a project makes a flow on it, so `project_id` is never null.
 *
 * Whoever locks rows of several of these tables does it in this order: source, flow, run, task, checkpoint, call_told.
 */
export class ChosenFlows1762000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // What is known of a connection that flows name. `fact_id` is the id of the newest event about it that was taken over.
    await runner.query(`
      CREATE TABLE sync.source (
        connection_id text PRIMARY KEY,
        platform_id text NOT NULL,
        state text NOT NULL DEFAULT 'present' CHECK (state IN ('present', 'disabled', 'missing')),
        degraded_reason text,
        fact_id text COLLATE "C" NOT NULL DEFAULT '',
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      INSERT INTO sync.source (connection_id, platform_id, state, degraded_reason, fact_id, updated_at)
      SELECT connection_id, platform_id, CASE WHEN deleted_at IS NULL THEN 'present' ELSE 'missing' END, degraded_reason, fact_id, coalesce(deleted_at, updated_at) FROM sync.flow`);

    await runner.query(`
      ALTER TABLE sync.flow
        ADD COLUMN display_name text,
        ADD COLUMN streams text[] CHECK (cardinality(streams) > 0),
        ADD COLUMN source_state text NOT NULL DEFAULT 'present' CHECK (source_state IN ('present', 'disabled', 'missing')),
        DROP COLUMN degraded_reason,
        DROP COLUMN fact_id,
        ADD CHECK (is_default OR display_name IS NOT NULL)`);
    await runner.query(`UPDATE sync.flow SET source_state = 'missing' WHERE deleted_at IS NOT NULL`);
    await runner.query('DROP INDEX sync.flow_due');
    await runner.query(`CREATE INDEX flow_due ON sync.flow (next_run_at) WHERE enabled AND deleted_at IS NULL AND source_state = 'present'`);
    await runner.query('CREATE INDEX flow_of_connection ON sync.flow (connection_id)');
    await runner.query('DROP INDEX sync.flow_project');
    await runner.query('CREATE INDEX flow_of_project ON sync.flow (project_id, created_at, id) WHERE deleted_at IS NULL');
    await runner.query('CREATE INDEX flow_of_platform ON sync.flow (platform_id, created_at, id) WHERE deleted_at IS NULL');

    // Several flows may read the same stream of one connection: what is read later must be newer, whichever flow reads it.
    await runner.query(`
      CREATE TABLE sync.generation (
        connection_id text NOT NULL,
        stream text NOT NULL,
        value bigint NOT NULL,
        PRIMARY KEY (connection_id, stream)
      )`);
    await runner.query(`
      INSERT INTO sync.generation (connection_id, stream, value)
      SELECT f.connection_id, c.stream, max(c.generation) FROM sync.checkpoint c JOIN sync.flow f ON f.id = c.flow_id GROUP BY f.connection_id, c.stream`);

    // When a call that succeeded was last told of a connection: many in a row are told as one.
    await runner.query('CREATE TABLE sync.call_told (connection_id text PRIMARY KEY, told_at timestamptz NOT NULL)');

    await runner.query('ALTER TABLE sync.run ADD COLUMN platform_id text');
    await runner.query('UPDATE sync.run r SET platform_id = f.platform_id FROM sync.flow f WHERE f.id = r.flow_id');
    await runner.query('ALTER TABLE sync.run ALTER COLUMN platform_id SET NOT NULL');
    await this.#protect(runner);
  }

  async #protect(runner: QueryRunner): Promise<void> {
    const privileges = 'SELECT, INSERT, UPDATE';
    const ofFlow = 'EXISTS (SELECT 1 FROM sync.flow f WHERE f.id = flow_id)';
    await protectTable(runner, { table: 'sync.source', privileges, policy: tenantPolicies.platform });
    for (const table of ['sync.flow', 'sync.run']) await protectTable(runner, { table, privileges, policy: tenantPolicies.project });
    for (const table of ['sync.task', 'sync.checkpoint']) await protectTable(runner, { table, privileges, policy: ofFlow });
    await protectTable(runner, { table: 'sync.sync', privileges, policy: `${currentPlatform} IS NOT NULL AND project_id = ${currentProject}` });
    await protectTable(runner, { table: 'sync.sync_run', privileges, policy: 'EXISTS (SELECT 1 FROM sync.run r WHERE r.id = run_id)' });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['source', 'flow', 'run', 'task', 'checkpoint', 'sync', 'sync_run']) {
      if (table !== 'source') await runner.query(`DROP POLICY tenant ON sync.${table}`);
      await runner.query(`ALTER TABLE sync.${table} DISABLE ROW LEVEL SECURITY`);
      await runner.query(`REVOKE ALL ON sync.${table} FROM trunkline_tenant`);
    }
    await runner.query('ALTER TABLE sync.run DROP COLUMN platform_id');
    // Flows that people made have no place in the former schema.
    for (const table of ['quarantine', 'checkpoint', 'task', 'run']) await runner.query(`DELETE FROM sync.${table} WHERE flow_id IN (SELECT id FROM sync.flow WHERE NOT is_default)`);
    await runner.query('DELETE FROM sync.flow WHERE NOT is_default');
    await runner.query('DROP INDEX sync.flow_due, sync.flow_of_connection, sync.flow_of_project, sync.flow_of_platform');
    await runner.query(`ALTER TABLE sync.flow DROP COLUMN display_name, DROP COLUMN streams, DROP COLUMN source_state, ADD COLUMN degraded_reason text, ADD COLUMN fact_id text COLLATE "C" NOT NULL DEFAULT ''`);
    await runner.query('UPDATE sync.flow f SET degraded_reason = s.degraded_reason, fact_id = s.fact_id FROM sync.source s WHERE s.connection_id = f.connection_id');
    await runner.query('CREATE INDEX flow_due ON sync.flow (next_run_at) WHERE enabled AND deleted_at IS NULL');
    await runner.query('CREATE INDEX flow_project ON sync.flow (project_id)');
    for (const table of ['call_told', 'generation', 'source']) await runner.query(`DROP TABLE sync.${table}`);
  }
}
