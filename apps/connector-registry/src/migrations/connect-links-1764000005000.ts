import { protectTable, tenantPolicies } from '@trunkline/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links by which somebody without an account connects one system, once. */
export class ConnectLinks1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE registry.connect_link (
        id text PRIMARY KEY,
        -- Of what the page's address carries; 256 random bits need neither salt nor slowness.
        digest bytea NOT NULL CHECK (length(digest) = 32),
        platform_id text NOT NULL,
        project_id text NOT NULL,
        -- Who made it: kind and id, for the audit log.
        creator jsonb NOT NULL,
        end_user jsonb NOT NULL,
        connectors text[] NOT NULL,
        -- The connection to connect again; null: a new one, or the end user's own.
        connection_id text,
        external_id text,
        display_name text,
        inputs jsonb NOT NULL,
        metadata jsonb,
        scopes text[] NOT NULL,
        owner_id text,
        allow_other_account boolean NOT NULL,
        return_url text,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        -- What is about to be connected by it, and by which attempt: nothing else may be, until then.
        claimed_by text,
        claimed_connection_id text,
        claimed_until timestamptz,
        used_at timestamptz,
        used_connection_id text,
        created_at timestamptz NOT NULL DEFAULT now(),
        CHECK ((used_at IS NULL) = (used_connection_id IS NULL)),
        FOREIGN KEY (platform_id, project_id) REFERENCES registry.project (platform_id, id),
        FOREIGN KEY (platform_id, owner_id) REFERENCES registry.app_user (platform_id, id)
      )`);
    await runner.query('CREATE UNIQUE INDEX connect_link_digest ON registry.connect_link (digest)');
    await runner.query('CREATE INDEX connect_link_of_project ON registry.connect_link (project_id, created_at, id)');
    await runner.query('CREATE INDEX connect_link_of_platform ON registry.connect_link (platform_id, created_at, id)');
    await runner.query('CREATE INDEX connect_link_expiry ON registry.connect_link (expires_at)');
    await runner.query('CREATE INDEX connect_link_claim ON registry.connect_link (claimed_connection_id) WHERE claimed_connection_id IS NOT NULL AND used_at IS NULL');
    await runner.query('CREATE INDEX connect_link_claimed_by ON registry.connect_link (claimed_by) WHERE claimed_by IS NOT NULL AND used_at IS NULL');
    // Column by column, because a request writes the digest and never reads one.
    await protectTable(runner, {
      table: 'registry.connect_link',
      privileges: `SELECT (id, platform_id, project_id, creator, end_user, connectors, connection_id, external_id, display_name, inputs, metadata, scopes, owner_id,
          allow_other_account, return_url, expires_at, revoked_at, claimed_by, claimed_connection_id, claimed_until, used_at, used_connection_id, created_at),
        INSERT, UPDATE (revoked_at, claimed_by, claimed_connection_id, claimed_until, used_at, used_connection_id)`,
      policy: tenantPolicies.project,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE registry.connect_link');
  }
}
