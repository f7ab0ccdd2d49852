import type { MigrationInterface, QueryRunner } from 'typeorm';
import { currentPlatform, protectTable, tenantPolicies, tenantRole } from '@trunkline/persistence';

/** Built-in apps, apps of one connection, walks for connections of a platform; the second wall. */
export class Tenancy1762000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE oauth.oauth_app
        -- Null: built in, for every platform of the installation.
        ALTER COLUMN platform_id DROP NOT NULL,
        -- The connection whose own app it is: brought by the client together with a grant.
        ADD COLUMN connection_id text,
        -- The connection's credential that was first stored with it; null until one is known to be.
        ADD COLUMN credential_version bigint,
        -- Its connection was deleted: it is kept only until the tokens are revoked.
        ADD COLUMN orphaned_at timestamptz,
        DROP CONSTRAINT oauth_app_owner,
        ADD CONSTRAINT oauth_app_has_owner CHECK (platform_id IS NOT NULL OR (project_id IS NULL AND connection_id IS NULL))`);
    await runner.query(`
      CREATE UNIQUE INDEX oauth_app_owner ON oauth.oauth_app (platform_id, project_id, connector) NULLS NOT DISTINCT WHERE connection_id IS NULL`);
    await runner.query('CREATE INDEX oauth_app_of_connection ON oauth.oauth_app (connection_id) WHERE connection_id IS NOT NULL');
    await runner.query('CREATE INDEX oauth_app_created ON oauth.oauth_app (created_at, id)');

    await runner.query(`
      ALTER TABLE oauth."authorization"
        ALTER COLUMN project_id DROP NOT NULL,
        ADD COLUMN project_ids text[] NOT NULL DEFAULT '{}',
        ADD COLUMN type text NOT NULL DEFAULT 'OAUTH2' CHECK (type IN ('OAUTH2', 'PLATFORM_OAUTH2', 'CLOUD_OAUTH2')),
        ADD COLUMN reconnect boolean NOT NULL DEFAULT false,
        ADD COLUMN allow_other_account boolean NOT NULL DEFAULT false,
        ADD COLUMN principal_user_id text`);
    await runner.query(`
      UPDATE oauth."authorization" a SET project_ids = ARRAY[a.project_id],
        type = CASE WHEN app.project_id IS NULL THEN 'PLATFORM_OAUTH2' ELSE 'OAUTH2' END
      FROM oauth.oauth_app app WHERE app.id = a.oauth_app_id`);

    await protectTable(runner, { table: 'oauth.oauth_app', privileges: 'SELECT, INSERT, UPDATE, DELETE', policy: tenantPolicies.project });
    // Besides its own a project uses its platform's and the built-in ones, which it cannot change.
    await runner.query(`
      CREATE POLICY usable ON oauth.oauth_app FOR SELECT TO ${tenantRole}
      USING (connection_id IS NULL AND project_id IS NULL AND (platform_id IS NULL OR platform_id = ${currentPlatform}))`);
    await protectTable(runner, { table: 'oauth."authorization"', privileges: 'SELECT, INSERT', policy: tenantPolicies.project });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP POLICY usable ON oauth.oauth_app');
    for (const table of ['oauth_app', '"authorization"']) {
      await runner.query(`DROP POLICY tenant ON oauth.${table}`);
      await runner.query(`ALTER TABLE oauth.${table} DISABLE ROW LEVEL SECURITY`);
      await runner.query(`REVOKE ALL ON oauth.${table} FROM ${tenantRole}`);
    }
    await runner.query(`
      ALTER TABLE oauth."authorization" DROP COLUMN project_ids, DROP COLUMN type, DROP COLUMN reconnect, DROP COLUMN allow_other_account,
        DROP COLUMN principal_user_id, ALTER COLUMN project_id SET NOT NULL`);
    await runner.query('DROP INDEX oauth.oauth_app_created');
    await runner.query('DROP INDEX oauth.oauth_app_owner');
    await runner.query(`
      ALTER TABLE oauth.oauth_app DROP CONSTRAINT oauth_app_has_owner, DROP COLUMN connection_id, DROP COLUMN credential_version, DROP COLUMN orphaned_at,
        ALTER COLUMN platform_id SET NOT NULL,
        ADD CONSTRAINT oauth_app_owner UNIQUE NULLS NOT DISTINCT (platform_id, project_id, connector)`);
  }
}
