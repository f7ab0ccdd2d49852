import { protectTable, tenantPolicies } from '@trunkline/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the calls of a connection went, and what is told about keys that lapse. */
export class Health1762000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `calls`: the last five, newest first. Whoever locks a connection and its health locks the connection first.
    await runner.query(`
      CREATE TABLE registry.connection_health (
        connection_id text PRIMARY KEY REFERENCES registry.connection (id) ON DELETE CASCADE,
        platform_id text NOT NULL,
        calls jsonb NOT NULL DEFAULT '[]',
        last_succeeded_at timestamptz,
        last_failed_at timestamptz,
        verified_at timestamptz,
        verify_outcome text CHECK (verify_outcome IN ('verified', 'forbidden', 'rejected', 'unavailable')),
        -- A call made it doubtful that the credential works.
        verify_wanted boolean NOT NULL DEFAULT false,
        -- Computing found that the provider is to be asked; whoever asks takes it away.
        verify_due_at timestamptz,
        verify_attempted_at timestamptz,
        -- Verifications in a row that brought no answer.
        verify_failures int NOT NULL DEFAULT 0,
        computed_at timestamptz,
        next_compute_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX connection_health_due ON registry.connection_health (next_compute_at)');
    await runner.query('CREATE INDEX connection_health_to_verify ON registry.connection_health (verify_due_at) WHERE verify_due_at IS NOT NULL');
    await protectTable(runner, { table: 'registry.connection_health', privileges: 'SELECT', policy: tenantPolicies.platform });

    await runner.query(`
      CREATE TABLE registry.connection_reminder (
        connection_id text NOT NULL REFERENCES registry.connection (id) ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('expiry', 'rotation')),
        due timestamptz NOT NULL,
        told_at timestamptz NOT NULL DEFAULT now(),
        -- When its mails were put in the queue; null as long as the platform wants none.
        mailed_at timestamptz,
        PRIMARY KEY (connection_id, kind, due)
      )`);
    await runner.query(`CREATE INDEX connection_expires ON registry.connection (expires_at) WHERE expires_at IS NOT NULL`);
    await runner.query('CREATE INDEX connection_connected_at ON registry.connection (connected_at)');

    // `id` is the dedupe key: one mail for each (connection, kind, due, recipient), and its Message-ID.
    await runner.query(`
      CREATE TABLE registry.mail (
        id text PRIMARY KEY,
        platform_id text NOT NULL REFERENCES registry.platform (id),
        recipient text NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        last_error text,
        created_at timestamptz NOT NULL DEFAULT now(),
        sent_at timestamptz,
        given_up_at timestamptz
      )`);
    await runner.query('CREATE INDEX mail_due ON registry.mail (next_attempt_at) WHERE sent_at IS NULL AND given_up_at IS NULL');
    await runner.query('CREATE INDEX mail_created_at ON registry.mail (created_at)');
    // No request reads or writes these; without a policy for it the role sees nothing.
    for (const table of ['connection_reminder', 'mail']) await runner.query(`ALTER TABLE registry.${table} ENABLE ROW LEVEL SECURITY`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX registry.connection_expires, registry.connection_connected_at');
    for (const table of ['mail', 'connection_reminder', 'connection_health']) await runner.query(`DROP TABLE registry.${table}`);
  }
}
