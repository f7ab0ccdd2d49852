import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tenancy and connections. Composite foreign keys keep a row of one platform from naming a project or user of another. */
export class Registry1760000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE registry.platform (
        id text PRIMARY KEY,
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE registry.project (
        id text PRIMARY KEY,
        platform_id text NOT NULL REFERENCES registry.platform (id),
        display_name text NOT NULL,
        return_urls text[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (platform_id, id)
      )`);
    await runner.query(`
      CREATE TABLE registry.app_user (
        id text PRIMARY KEY,
        platform_id text NOT NULL REFERENCES registry.platform (id),
        email text NOT NULL,
        first_name text NOT NULL,
        last_name text NOT NULL,
        platform_role text NOT NULL CHECK (platform_role IN ('ADMIN', 'MEMBER')),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (platform_id, id)
      )`);
    await runner.query('CREATE UNIQUE INDEX app_user_email ON registry.app_user (platform_id, lower(email))');
    await runner.query(`
      CREATE TABLE registry.api_key (
        id text PRIMARY KEY,
        digest bytea NOT NULL CHECK (length(digest) = 32),
        platform_id text NOT NULL REFERENCES registry.platform (id),
        project_id text,
        user_id text,
        scopes text[] NOT NULL,
        display_name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz,
        FOREIGN KEY (platform_id, project_id) REFERENCES registry.project (platform_id, id),
        FOREIGN KEY (platform_id, user_id) REFERENCES registry.app_user (platform_id, id)
      )`);
    await runner.query(`
      CREATE TABLE registry.connection (
        id text PRIMARY KEY,
        external_id text NOT NULL,
        platform_id text NOT NULL REFERENCES registry.platform (id),
        project_id text,
        scope text NOT NULL DEFAULT 'PROJECT' CHECK (scope IN ('PROJECT', 'PLATFORM')),
        owner_id text,
        connector text NOT NULL,
        auth_method text NOT NULL,
        display_name text NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'active', 'degraded', 'disabled', 'missing')),
        status_reason text,
        account_id text,
        account_name text,
        inputs jsonb NOT NULL DEFAULT '{}',
        credential_version bigint,
        open_attempts int NOT NULL DEFAULT 0 CHECK (open_attempts >= 0),
        pending_until timestamptz NOT NULL,
        connected_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        version int NOT NULL DEFAULT 1,
        CHECK ((scope = 'PLATFORM') = (project_id IS NULL)),
        CHECK (status <> 'degraded' OR status_reason IS NOT NULL),
        FOREIGN KEY (platform_id, project_id) REFERENCES registry.project (platform_id, id),
        FOREIGN KEY (platform_id, owner_id) REFERENCES registry.app_user (platform_id, id),
        CONSTRAINT connection_external_id UNIQUE NULLS NOT DISTINCT (platform_id, scope, project_id, external_id)
      )`);
    await runner.query('CREATE INDEX connection_of_project ON registry.connection (project_id, created_at, id)');
    await runner.query(`CREATE INDEX connection_pending ON registry.connection (pending_until) WHERE status = 'pending' AND credential_version IS NULL`);
    await runner.query(`
      CREATE TABLE registry.connection_deletion (
        connection_id text PRIMARY KEY,
        project_id text NOT NULL,
        generation int NOT NULL DEFAULT 1,
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX connection_deletion_due ON registry.connection_deletion (next_attempt_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['connection_deletion', 'connection', 'api_key', 'app_user', 'project', 'platform']) await runner.query(`DROP TABLE registry.${table}`);
  }
}
