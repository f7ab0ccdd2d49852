import { currentPlatform, currentProject, protectTable, tenantPolicies } from '@trunkline/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const ofPlatform = tenantPolicies.platform;
/** The person whose session makes the request; unset for keys, which reach no further than what they are bound to. */
const currentUser = `nullif(current_setting('trunkline.user', true), '')`;
const wholePlatform = `${currentProject} IS NULL`;

/** Members, sessions, login attempts, what came to platforms, users and keys, and the second wall around all of it. */
export class Tenancy1762000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE registry.platform ADD COLUMN expiry_emails boolean NOT NULL DEFAULT false');
    await runner.query(`
      ALTER TABLE registry.app_user
        ADD COLUMN enabled boolean NOT NULL DEFAULT true,
        -- Argon2id in its own notation; null: no login with a password.
        ADD COLUMN password_hash text`);
    await runner.query('CREATE INDEX app_user_login ON registry.app_user (lower(email))');
    await runner.query('CREATE INDEX app_user_of_platform ON registry.app_user (platform_id, created_at, id)');
    await runner.query('CREATE INDEX project_of_platform ON registry.project (platform_id, created_at, id)');
    await runner.query('ALTER TABLE registry.api_key ADD COLUMN expires_at timestamptz');
    await runner.query('CREATE INDEX api_key_of_platform ON registry.api_key (platform_id, created_at, id)');
    await runner.query('CREATE INDEX api_key_of_project ON registry.api_key (project_id, created_at, id)');
    await runner.query(`
      CREATE TABLE registry.member (
        platform_id text NOT NULL,
        project_id text NOT NULL,
        user_id text NOT NULL,
        role text NOT NULL CHECK (role IN ('ADMIN', 'EDITOR', 'VIEWER')),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (project_id, user_id),
        CONSTRAINT member_project FOREIGN KEY (platform_id, project_id) REFERENCES registry.project (platform_id, id),
        CONSTRAINT member_user FOREIGN KEY (platform_id, user_id) REFERENCES registry.app_user (platform_id, id)
      )`);
    // A person's memberships, oldest first: the first is where a request that names no project works.
    await runner.query('CREATE INDEX member_of_user ON registry.member (user_id, created_at, project_id)');
    await runner.query('CREATE INDEX member_of_project ON registry.member (project_id, created_at, user_id)');
    await runner.query(`
      CREATE TABLE registry.session (
        id text PRIMARY KEY,
        platform_id text NOT NULL,
        user_id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        FOREIGN KEY (platform_id, user_id) REFERENCES registry.app_user (platform_id, id)
      )`);
    await runner.query('CREATE INDEX session_of_user ON registry.session (user_id) WHERE ended_at IS NULL');
    await runner.query('CREATE INDEX session_expiry ON registry.session (expires_at)');
    await runner.query(`
      CREATE TABLE registry.login_attempts (
        -- An account (its address as a digest: the table is no list of what people typed) or a client's address.
        subject text PRIMARY KEY,
        attempts int NOT NULL,
        window_ends timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX login_attempts_window ON registry.login_attempts (window_ends)');
    await this.#protect(runner);
  }

  async #protect(runner: QueryRunner): Promise<void> {
    await protectTable(runner, {
      table: 'registry.platform',
      privileges: 'SELECT, UPDATE (name, expiry_emails, updated_at)',
      policy: `id = ${currentPlatform}`,
    });
    await narrowWrites(runner, 'platform', wholePlatform);
    await protectTable(runner, {
      table: 'registry.project',
      privileges: 'SELECT, INSERT, UPDATE (display_name, return_urls, updated_at)',
      policy: `${ofPlatform} AND (${wholePlatform} OR id = ${currentProject} OR id IN (SELECT project_id FROM registry.member WHERE user_id = ${currentUser}))`,
    });
    await narrowWrites(runner, 'project', `${wholePlatform} OR id = ${currentProject}`);
    // Column by column, because a request may write the hash of a password and never read one.
    await protectTable(runner, {
      table: 'registry.app_user',
      privileges: `SELECT (id, platform_id, email, first_name, last_name, platform_role, enabled, created_at, updated_at), INSERT,
        UPDATE (first_name, last_name, platform_role, enabled, password_hash, updated_at)`,
      policy: ofPlatform,
    });
    await narrowWrites(runner, 'app_user', `${wholePlatform} OR id = ${currentUser}`);
    await protectTable(runner, {
      table: 'registry.member',
      privileges: 'SELECT, INSERT, UPDATE (role, updated_at), DELETE',
      policy: `${ofPlatform} AND (${wholePlatform} OR project_id = ${currentProject} OR user_id = ${currentUser})`,
    });
    await narrowWrites(runner, 'member', `${wholePlatform} OR project_id = ${currentProject}`);
    await protectTable(runner, {
      table: 'registry.api_key',
      privileges: `SELECT (id, platform_id, project_id, user_id, scopes, display_name, created_at, revoked_at, expires_at), INSERT, UPDATE (revoked_at)`,
      policy: tenantPolicies.project,
    });
    await protectTable(runner, {
      table: 'registry.session',
      privileges: 'SELECT, UPDATE (ended_at)',
      policy: `${ofPlatform} AND (${wholePlatform} OR user_id = ${currentUser})`,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE registry.login_attempts, registry.session');
    for (const table of ['platform', 'project', 'app_user', 'api_key']) {
      await runner.query(`REVOKE ALL ON registry.${table} FROM trunkline_tenant`);
      await runner.query(`DROP POLICY tenant ON registry.${table}`);
      for (const verb of ['insert', 'update', 'delete']) await runner.query(`DROP POLICY IF EXISTS tenant_${verb} ON registry.${table}`);
      await runner.query(`ALTER TABLE registry.${table} DISABLE ROW LEVEL SECURITY`);
    }
    await runner.query('DROP TABLE registry.member');
    await runner.query('DROP INDEX registry.app_user_login, registry.app_user_of_platform, registry.project_of_platform, registry.api_key_of_platform, registry.api_key_of_project');
    await runner.query('ALTER TABLE registry.api_key DROP COLUMN expires_at');
    await runner.query('ALTER TABLE registry.app_user DROP COLUMN enabled, DROP COLUMN password_hash');
    await runner.query('ALTER TABLE registry.platform DROP COLUMN expiry_emails');
  }
}

/** What a request may see of a table it may not all change: a platform's rows are read in each of its projects, and managed outside of them. */
async function narrowWrites(runner: QueryRunner, table: string, rows: string): Promise<void> {
  await runner.query(`CREATE POLICY tenant_insert ON registry.${table} AS RESTRICTIVE FOR INSERT TO trunkline_tenant WITH CHECK (${rows})`);
  await runner.query(`CREATE POLICY tenant_update ON registry.${table} AS RESTRICTIVE FOR UPDATE TO trunkline_tenant USING (${rows})`);
  await runner.query(`CREATE POLICY tenant_delete ON registry.${table} AS RESTRICTIVE FOR DELETE TO trunkline_tenant USING (${rows})`);
}
