import { currentPlatform, currentProject, protectTable, tenantPolicies, tenantRole } from '@trunkline/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connections as the references describe them: types, scopes, metadata, shares with projects; and the walls around them. */
export class Connections1762000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE registry.connection RENAME COLUMN auth_method TO type');
    await runner.query(`
      ALTER TABLE registry.connection
        ADD COLUMN piece_name text,
        ADD COLUMN piece_version text,
        ADD COLUMN metadata jsonb,
        ADD COLUMN granted_scopes text[] NOT NULL DEFAULT '{}',
        ADD COLUMN pre_select_for_new_projects boolean NOT NULL DEFAULT false,
        -- When the key lapses, as far as somebody said so.
        ADD COLUMN expires_at timestamptz,
        -- Who attempted last to connect it: to the log the credential that comes is theirs.
        ADD COLUMN attempted_by jsonb,
        -- Deleted while flows named it. Its id never gets a credential again; its external id is free.
        ADD COLUMN deleted_at timestamptz,
        ADD CONSTRAINT connection_in_platform UNIQUE (platform_id, id),
        ADD CHECK (deleted_at IS NULL OR status = 'missing'),
        ADD CHECK (scope = 'PLATFORM' OR NOT pre_select_for_new_projects)`);
    await runner.query('UPDATE registry.connection SET piece_name = connector');
    await runner.query('ALTER TABLE registry.connection ALTER COLUMN piece_name SET NOT NULL');
    await runner.query('ALTER TABLE registry.connection DROP CONSTRAINT connection_external_id');
    await runner.query(`
      CREATE UNIQUE INDEX connection_external_id ON registry.connection (platform_id, scope, project_id, external_id) NULLS NOT DISTINCT WHERE deleted_at IS NULL`);

    await runner.query(`
      CREATE TABLE registry.connection_project (
        platform_id text NOT NULL,
        connection_id text NOT NULL,
        project_id text NOT NULL,
        PRIMARY KEY (connection_id, project_id),
        FOREIGN KEY (platform_id, connection_id) REFERENCES registry.connection (platform_id, id) ON DELETE CASCADE,
        FOREIGN KEY (platform_id, project_id) REFERENCES registry.project (platform_id, id)
      )`);
    await runner.query('CREATE INDEX connection_project_of_project ON registry.connection_project (project_id, connection_id)');

    await runner.query(`
      CREATE TABLE registry.connection_replacement (
        id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        platform_id text NOT NULL,
        -- The project whose flows are changed; null: those of the whole platform.
        project_id text,
        source_id text NOT NULL,
        target_id text NOT NULL,
        connector text NOT NULL,
        delete_source boolean NOT NULL,
        -- In whose name the flows are changed. Ids and scopes, no secret.
        principal jsonb NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CHECK (source_id <> target_id),
        -- Neither can be deleted while one is being put in the place of the other.
        FOREIGN KEY (platform_id, source_id) REFERENCES registry.connection (platform_id, id),
        FOREIGN KEY (platform_id, target_id) REFERENCES registry.connection (platform_id, id),
        CONSTRAINT connection_replacement_of_source UNIQUE NULLS NOT DISTINCT (source_id, project_id)
      )`);
    await runner.query('CREATE INDEX connection_replacement_target ON registry.connection_replacement (target_id)');
    await runner.query('CREATE INDEX connection_replacement_due ON registry.connection_replacement (next_attempt_at)');

    await runner.query('ALTER TABLE registry.connection_deletion ADD COLUMN platform_id text, ALTER COLUMN project_id DROP NOT NULL');
    await runner.query('UPDATE registry.connection_deletion d SET platform_id = p.platform_id FROM registry.project p WHERE p.id = d.project_id');
    await runner.query('ALTER TABLE registry.connection_deletion ALTER COLUMN platform_id SET NOT NULL');

    await this.#indexLists(runner);
    await this.#protect(runner);
  }

  /** Each filter of a list with the order of its pages: ten of very many are found where they stand, however rare they are. */
  async #indexLists(runner: QueryRunner): Promise<void> {
    for (const owner of ['project', 'platform']) {
      for (const filter of ['connector', 'status', 'owner_id']) {
        await runner.query(`CREATE INDEX connection_of_${owner}_by_${filter} ON registry.connection (${owner}_id, ${filter}, created_at, id)`);
      }
      await runner.query(`CREATE INDEX connection_of_${owner}_by_reason ON registry.connection (${owner}_id, status_reason, created_at, id) WHERE status = 'degraded'`);
    }
    await runner.query('CREATE INDEX connection_of_platform ON registry.connection (platform_id, created_at, id)');
    await runner.query('CREATE INDEX connection_of_platform_by_scope ON registry.connection (platform_id, scope, created_at, id)');
    await runner.query('CREATE INDEX connection_of_platform_by_external_id ON registry.connection (platform_id, external_id)');
    // Part of a name. Where the extension may not be created the search reads the project's names one by one instead.
    await runner.query(`
      DO $$
      DECLARE home text;
      BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        SELECT n.nspname INTO home FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
        EXECUTE format('CREATE INDEX connection_display_name ON registry.connection USING gin (display_name %I.gin_trgm_ops)', home);
      EXCEPTION
        WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
          RAISE NOTICE 'pg_trgm is not to be had: searching connections by part of their name is slower without it';
      END $$`);
  }

  async #protect(runner: QueryRunner): Promise<void> {
    await protectTable(runner, { table: 'registry.connection_project', privileges: 'SELECT, INSERT, DELETE', policy: tenantPolicies.project });
    const shared = `EXISTS (SELECT FROM registry.connection_project s WHERE s.connection_id = connection.id AND s.project_id = ${currentProject})`;
    await protectTable(runner, {
      table: 'registry.connection',
      privileges: 'SELECT, INSERT, UPDATE, DELETE',
      policy: `platform_id = ${currentPlatform} AND (${currentProject} IS NULL OR project_id = ${currentProject} OR (scope = 'PLATFORM' AND ${shared}))`,
    });
    // A project uses what is shared with it; it neither makes nor deletes it.
    const own = `${currentProject} IS NULL OR project_id = ${currentProject}`;
    await runner.query(`CREATE POLICY own_made ON registry.connection AS RESTRICTIVE FOR INSERT TO ${tenantRole} WITH CHECK (${own})`);
    await runner.query(`CREATE POLICY own_deleted ON registry.connection AS RESTRICTIVE FOR DELETE TO ${tenantRole} USING (${own})`);
    await protectTable(runner, { table: 'registry.connection_deletion', privileges: 'SELECT, INSERT, UPDATE, DELETE', policy: tenantPolicies.platform });
    await protectTable(runner, { table: 'registry.connection_replacement', privileges: 'SELECT, INSERT, UPDATE, DELETE', policy: tenantPolicies.platform });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const policy of ['own_made', 'own_deleted', 'tenant']) await runner.query(`DROP POLICY ${policy} ON registry.connection`);
    await runner.query('DROP POLICY tenant ON registry.connection_deletion');
    for (const table of ['connection', 'connection_deletion']) {
      await runner.query(`ALTER TABLE registry.${table} DISABLE ROW LEVEL SECURITY`);
      await runner.query(`REVOKE ALL ON registry.${table} FROM ${tenantRole}`);
    }
    await runner.query('DROP TABLE registry.connection_replacement, registry.connection_project');
    // What the former form cannot hold.
    await runner.query(`DELETE FROM registry.connection WHERE scope = 'PLATFORM' OR status = 'missing'`);
    await runner.query('DELETE FROM registry.connection_deletion WHERE project_id IS NULL');
    await runner.query('ALTER TABLE registry.connection_deletion DROP COLUMN platform_id, ALTER COLUMN project_id SET NOT NULL');
    for (const owner of ['project', 'platform']) {
      for (const name of ['connector', 'status', 'owner_id', 'reason']) await runner.query(`DROP INDEX registry.connection_of_${owner}_by_${name}`);
    }
    for (const name of ['of_platform', 'of_platform_by_scope', 'of_platform_by_external_id', 'external_id']) await runner.query(`DROP INDEX registry.connection_${name}`);
    await runner.query('DROP INDEX IF EXISTS registry.connection_display_name');
    await runner.query(`
      ALTER TABLE registry.connection
        DROP COLUMN piece_name, DROP COLUMN piece_version, DROP COLUMN metadata, DROP COLUMN granted_scopes, DROP COLUMN pre_select_for_new_projects,
        DROP COLUMN expires_at, DROP COLUMN attempted_by, DROP COLUMN deleted_at, DROP CONSTRAINT connection_in_platform`);
    await runner.query('ALTER TABLE registry.connection RENAME COLUMN type TO auth_method');
    await runner.query('ALTER TABLE registry.connection ADD CONSTRAINT connection_external_id UNIQUE NULLS NOT DISTINCT (platform_id, scope, project_id, external_id)');
  }
}
