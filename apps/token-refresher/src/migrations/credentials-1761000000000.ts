import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from '@trunkline/persistence';

export class Credentials1761000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`
      CREATE TABLE "${schema}".credential (
        connection_id text PRIMARY KEY,
        project_id text NOT NULL,
        platform_id text,
        owner_id text,
        connector text,
        type text,
        inputs jsonb NOT NULL DEFAULT '{}',
        -- One sealed JSON of every secret member; associated data: project, connection, 'credential'.
        sealed bytea,
        -- The only places this secret is ever sent to, decided when it was stored: a changed catalog cannot send it elsewhere.
        allowed_origins text[] NOT NULL DEFAULT '{}',
        oauth_app_id text,
        token_type text NOT NULL DEFAULT '',
        scopes text[] NOT NULL DEFAULT '{}',
        account_id text,
        account_name text,
        refreshable boolean NOT NULL DEFAULT false,
        access_expires_at timestamptz,
        access_lifetime_seconds double precision,
        refresh_due_at timestamptz,
        -- Counts stored values; never goes back, not even when a connection is connected anew.
        version bigint NOT NULL DEFAULT 0,
        status text NOT NULL DEFAULT 'usable' CHECK (status IN ('usable', 'broken', 'disabled')),
        status_reason text,
        -- The right to refresh: held by one process until lease_until. A new fence makes every earlier holder's write miss.
        lease_owner text,
        lease_fence bigint NOT NULL DEFAULT 0,
        lease_until timestamptz,
        -- Committed before a refresh token is sent. Found open by the next holder, the outcome of that request is unknown.
        intent_id text,
        intent_token_digest text,
        intent_at timestamptz,
        -- The last request whose answer was stored: tells a repeated commit from a refused one.
        settled_intent_id text,
        failures int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        last_error_code text,
        -- First invalid_grant for this refresh token, until a second one confirms it.
        refused_token_digest text,
        refused_at timestamptz,
        last_refreshed_at timestamptz,
        -- An access token that a provider rejected and that was renewed (or could not be) on that account: not again for the same value.
        suspect_token_digest text,
        stored_at timestamptz NOT NULL DEFAULT now(),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        -- A tombstone: the id refuses whatever arrives late.
        deleted_at timestamptz,
        CHECK (deleted_at IS NOT NULL OR (sealed IS NOT NULL AND platform_id IS NOT NULL AND connector IS NOT NULL AND type IS NOT NULL)),
        CHECK (deleted_at IS NULL OR sealed IS NULL)
      )`);
    await runner.query(`
      CREATE INDEX credential_of_project ON "${schema}".credential (project_id, connector, owner_id, stored_at DESC) WHERE deleted_at IS NULL`);
    await runner.query(`
      CREATE INDEX credential_due ON "${schema}".credential (refresh_due_at) WHERE deleted_at IS NULL AND status = 'usable' AND refresh_due_at IS NOT NULL`);
    await runner.query(`
      CREATE TABLE "${schema}".revocation (
        id text PRIMARY KEY,
        connection_id text NOT NULL,
        project_id text NOT NULL,
        connector text NOT NULL,
        inputs jsonb NOT NULL,
        allowed_origins text[] NOT NULL,
        oauth_app_id text,
        -- Sealed like the credential it was, so that a deletion moves it without opening it.
        sealed bytea NOT NULL,
        -- 'grant': the connection is gone; 'access': only this access token, the grant is still in use.
        extent text NOT NULL CHECK (extent IN ('grant', 'access')),
        -- Whether the outcome is announced: true for the connection's own credential, false for a token that came too late.
        announced boolean NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        last_error_code text,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE INDEX revocation_due ON "${schema}".revocation (next_attempt_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`DROP TABLE "${schema}".revocation`);
    await runner.query(`DROP TABLE "${schema}".credential`);
  }
}
