import type { MigrationInterface, QueryRunner } from 'typeorm';

/** OAuth apps and the walks under way. "authorization" is quoted throughout: it is a keyword of SQL. */
export class Oauth1760000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE oauth.oauth_app (
        id text PRIMARY KEY,
        platform_id text NOT NULL,
        project_id text,
        connector text NOT NULL,
        client_id text NOT NULL,
        sealed_client_secret bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT oauth_app_owner UNIQUE NULLS NOT DISTINCT (platform_id, project_id, connector)
      )`);
    await runner.query(`
      CREATE TABLE oauth."authorization" (
        state_hash bytea PRIMARY KEY CHECK (length(state_hash) = 32),
        id text NOT NULL UNIQUE,
        connection_id text NOT NULL,
        platform_id text NOT NULL,
        project_id text NOT NULL,
        owner_id text,
        principal_kind text NOT NULL,
        principal_id text NOT NULL,
        connector text NOT NULL,
        inputs jsonb NOT NULL,
        callback text NOT NULL CHECK (callback IN ('connectors', 'oauth')),
        oauth_app_id text NOT NULL REFERENCES oauth.oauth_app (id),
        client_id text NOT NULL,
        redirect_uri text NOT NULL,
        scopes text[] NOT NULL,
        return_url text,
        browser_binding_hash bytea NOT NULL CHECK (length(browser_binding_hash) = 32),
        sealed_code_verifier bytea,
        expected_issuer text,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX authorization_expires_at ON oauth."authorization" (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE oauth."authorization"');
    await runner.query('DROP TABLE oauth.oauth_app');
  }
}
