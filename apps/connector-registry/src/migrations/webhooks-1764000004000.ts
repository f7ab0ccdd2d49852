import { protectTable, tenantPolicies } from '@trunkline/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks, the secrets they are signed with, what they are told, and how the sending goes. */
export class Webhooks1764000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE registry.webhook (
        id text PRIMARY KEY,
        platform_id text NOT NULL REFERENCES registry.platform (id),
        -- Null: of the platform.
        project_id text,
        url text NOT NULL,
        description text NOT NULL,
        -- Null: every type.
        events text[],
        state text NOT NULL CHECK (state IN ('active', 'resting', 'disabled')),
        state_reason text,
        consecutive_failures int NOT NULL DEFAULT 0,
        -- The first failure after the last success.
        failing_since timestamptz,
        -- Between two probes of one that rests.
        pause_seconds float8,
        -- Nothing is sent before: it rests, or asked us to slow down.
        not_before timestamptz NOT NULL DEFAULT now(),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CHECK ((state = 'active') = (state_reason IS NULL)),
        CHECK (state <> 'resting' OR pause_seconds IS NOT NULL),
        FOREIGN KEY (platform_id, project_id) REFERENCES registry.project (platform_id, id)
      )`);
    await runner.query('CREATE INDEX webhook_of_platform ON registry.webhook (platform_id, created_at, id)');
    await runner.query('CREATE INDEX webhook_of_project ON registry.webhook (project_id, created_at, id)');

    await runner.query(`
      CREATE TABLE registry.webhook_secret (
        id text PRIMARY KEY,
        webhook_id text NOT NULL REFERENCES registry.webhook (id) ON DELETE CASCADE,
        platform_id text NOT NULL,
        project_id text,
        sealed_secret bytea NOT NULL,
        -- Until when it signs beside its successor; null: it is the current one.
        until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE UNIQUE INDEX webhook_secret_current ON registry.webhook_secret (webhook_id) WHERE until IS NULL');
    await runner.query('CREATE INDEX webhook_secret_of_webhook ON registry.webhook_secret (webhook_id)');
    await runner.query('CREATE INDEX webhook_secret_former ON registry.webhook_secret (until) WHERE until IS NOT NULL');

    await runner.query(`
      CREATE TABLE registry.webhook_message (
        -- Made from the event's id; the header webhook-id.
        id text PRIMARY KEY,
        platform_id text NOT NULL,
        project_id text,
        type text NOT NULL,
        -- As it is signed and sent, byte by byte.
        body text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX webhook_message_created_at ON registry.webhook_message (created_at)');

    await runner.query(`
      CREATE TABLE registry.webhook_delivery (
        webhook_id text NOT NULL REFERENCES registry.webhook (id) ON DELETE CASCADE,
        message_id text NOT NULL REFERENCES registry.webhook_message (id) ON DELETE CASCADE,
        platform_id text NOT NULL,
        project_id text,
        type text NOT NULL,
        status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'given_up')),
        -- Attempts there ever were, and those since it was last asked for.
        attempts int NOT NULL DEFAULT 0,
        tries int NOT NULL DEFAULT 0,
        -- While it is being sent: when the lease ends.
        next_attempt_at timestamptz DEFAULT now(),
        claim int NOT NULL DEFAULT 0,
        last_attempt_at timestamptz,
        last_status int,
        last_error text,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (webhook_id, message_id),
        CHECK ((status = 'waiting') = (next_attempt_at IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX webhook_delivery_due ON registry.webhook_delivery (webhook_id, next_attempt_at) WHERE status = 'waiting'`);
    await runner.query('CREATE INDEX webhook_delivery_of_webhook ON registry.webhook_delivery (webhook_id, created_at, message_id)');
    await runner.query('CREATE INDEX webhook_delivery_of_message ON registry.webhook_delivery (message_id)');

    await this.#protect(runner);
  }

  async #protect(runner: QueryRunner): Promise<void> {
    const policy = tenantPolicies.project;
    await protectTable(runner, { table: 'registry.webhook', privileges: 'SELECT, INSERT, UPDATE, DELETE', policy });
    // Column by column, because a request may write a secret and never read one.
    await protectTable(runner, {
      table: 'registry.webhook_secret',
      privileges: 'SELECT (id, webhook_id, platform_id, project_id, until, created_at), INSERT, UPDATE (until), DELETE',
      policy,
    });
    await protectTable(runner, { table: 'registry.webhook_delivery', privileges: 'SELECT, UPDATE (status, tries, claim, next_attempt_at)', policy });
    // No request reads or writes these; without a policy for it the role sees nothing.
    await runner.query('ALTER TABLE registry.webhook_message ENABLE ROW LEVEL SECURITY');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['webhook_delivery', 'webhook_message', 'webhook_secret', 'webhook']) await runner.query(`DROP TABLE registry.${table}`);
  }
}
