import type { MigrationInterface, QueryRunner } from 'typeorm';
import { currentProject, protectTable, schemaOf, tenantPolicies, tenantRole } from '@trunkline/persistence';

/** Connections of a platform, shared with projects of it; what the registry configures; the second wall. */
export class Tenancy1762000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`
      ALTER TABLE "${schema}".credential
        -- Null: a connection of the platform, whose home tenant is the platform.
        ALTER COLUMN project_id DROP NOT NULL,
        -- Who may use it. That of a project has that project in it.
        ADD COLUMN project_ids text[] NOT NULL DEFAULT '{}',
        -- As the registry knows it: which of the three kinds of OAuth.
        ADD COLUMN connection_type text,
        -- Of the registry's configuration; older ones are passed over.
        ADD COLUMN configured_version int NOT NULL DEFAULT 0,
        -- What a disabled credential is again when it is enabled.
        ADD COLUMN status_when_enabled text CHECK (status_when_enabled IN ('usable', 'broken')),
        -- When a successful refresh was last told as a call; null: the next one is.
        ADD COLUMN success_told_at timestamptz`);
    await runner.query(`UPDATE "${schema}".credential SET project_ids = ARRAY[project_id], connection_type = type`);
    await runner.query(`UPDATE "${schema}".credential SET status_when_enabled = 'usable' WHERE status = 'disabled'`);
    // No index on the array itself: behind the wall only comparisons that leak nothing (=) may choose rows, and `@>` is not one of them.
    await runner.query(`
      CREATE INDEX credential_of_platform ON "${schema}".credential (platform_id, connector) WHERE deleted_at IS NULL AND project_id IS NULL`);
    await runner.query(`
      CREATE TABLE "${schema}".early_configuration (
        connection_id text PRIMARY KEY,
        version int NOT NULL,
        enabled boolean NOT NULL,
        project_ids text[] NOT NULL,
        owner_id text,
        received_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE "${schema}".handed_out (
        principal_id text NOT NULL,
        connection_id text NOT NULL,
        hour timestamptz NOT NULL,
        PRIMARY KEY (hour, principal_id, connection_id)
      )`);

    await runner.query(`ALTER TABLE "${schema}".revocation ALTER COLUMN project_id DROP NOT NULL, ADD COLUMN platform_id text`);
    // A late token of a connection that nobody knew names no platform; nothing of it is told.
    await runner.query(`
      UPDATE "${schema}".revocation r
      SET platform_id = coalesce((SELECT c.platform_id FROM "${schema}".credential c WHERE c.connection_id = r.connection_id), '')`);
    await runner.query(`ALTER TABLE "${schema}".revocation ALTER COLUMN platform_id SET NOT NULL`);

    const shared = `${tenantPolicies.platform} AND (${currentProject} IS NULL OR project_id = ${currentProject} OR ${currentProject} = ANY (project_ids))`;
    await protectTable(runner, { table: `"${schema}".credential`, privileges: 'SELECT', policy: shared });
    await protectTable(runner, { table: `"${schema}".revocation`, privileges: 'SELECT', policy: tenantPolicies.project });
    await createWalledReads(runner, schema);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    for (const table of ['credential', 'revocation']) {
      await runner.query(`DROP POLICY tenant ON "${schema}".${table}`);
      await runner.query(`ALTER TABLE "${schema}".${table} DISABLE ROW LEVEL SECURITY`);
      await runner.query(`REVOKE ALL ON "${schema}".${table} FROM ${tenantRole}`);
    }
    await runner.query(`DROP FUNCTION "${schema}".credential_by_id, "${schema}".credential_by_connector`);
    await runner.query(`DROP INDEX "${schema}".credential_of_platform`);
    await runner.query(`DROP TABLE "${schema}".handed_out`);
    await runner.query(`DROP TABLE "${schema}".early_configuration`);
    await runner.query(`ALTER TABLE "${schema}".revocation DROP COLUMN platform_id, ALTER COLUMN project_id SET NOT NULL`);
    await runner.query(`
      ALTER TABLE "${schema}".credential
        DROP COLUMN project_ids, DROP COLUMN connection_type, DROP COLUMN configured_version, DROP COLUMN status_when_enabled, DROP COLUMN success_told_at,
        ALTER COLUMN project_id SET NOT NULL`);
  }
}

/**
 * The hot path's reads, each one statement to its caller: a function enters the tenant, as `enterTenant` does, and reads behind the wall;
 * role and tenant end with the statement. The tenant is a condition too, so that neither wall stands alone.
 */
async function createWalledReads(runner: QueryRunner, schema: string): Promise<void> {
  const enter = `PERFORM set_config('trunkline.platform', of_platform, true), set_config('trunkline.project', coalesce(of_project, ''), true), set_config('role', '${tenantRole}', true);`;
  await runner.query(`
    CREATE FUNCTION "${schema}".credential_by_id(of_platform text, of_project text, wanted text, of_connector text, of_owner text)
    RETURNS SETOF "${schema}".credential LANGUAGE plpgsql ROWS 1 AS $$
    BEGIN
      ${enter}
      RETURN QUERY SELECT * FROM "${schema}".credential
        WHERE connection_id = wanted AND deleted_at IS NULL AND platform_id = of_platform
          AND (of_project IS NULL OR project_id = of_project OR of_project = ANY (project_ids))
          AND (of_connector IS NULL OR connector = of_connector) AND (of_owner IS NULL OR owner_id = of_owner);
    END $$`);
  // The project's own connection before one that it shares, whatever their state: what is written for a project must not go to another
  // account because its own stopped working. Among several the caller's own, then the most recently stored usable one.
  const among = `ORDER BY coalesce(owner_id = own_user, false) DESC, (status = 'usable') DESC, stored_at DESC, connection_id DESC LIMIT 1`;
  const fits = `connector = of_connector AND deleted_at IS NULL AND platform_id = of_platform AND (of_owner IS NULL OR owner_id = of_owner)`;
  await runner.query(`
    CREATE FUNCTION "${schema}".credential_by_connector(of_platform text, of_project text, of_connector text, of_owner text, own_user text)
    RETURNS SETOF "${schema}".credential LANGUAGE plpgsql ROWS 1 AS $$
    BEGIN
      ${enter}
      RETURN QUERY SELECT * FROM "${schema}".credential WHERE project_id = of_project AND ${fits} ${among};
      IF FOUND THEN RETURN; END IF;
      RETURN QUERY SELECT * FROM "${schema}".credential WHERE project_id IS NULL AND of_project = ANY (project_ids) AND ${fits} ${among};
    END $$`);
  // For the service alone: a request that is behind the wall has no use for a door in it.
  await runner.query(`REVOKE ALL ON FUNCTION "${schema}".credential_by_id, "${schema}".credential_by_connector FROM PUBLIC`);
}
