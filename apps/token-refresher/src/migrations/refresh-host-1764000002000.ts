import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from '@trunkline/persistence';

/** Due credentials are taken host by host. */
export class RefreshHost1764000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`
      ALTER TABLE "${schema}".credential
        -- Where it is renewed, as the sweep last saw it; empty: not looked at yet. Says who is taken together, never where a secret goes.
        ADD COLUMN refresh_host text NOT NULL DEFAULT ''`);
    // A refresh writes its row three times; with room in the page the first two change no index.
    await runner.query(`ALTER TABLE "${schema}".credential SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)`);
    // What is paused after a failure stands where its pause ends, so that nobody has to pass over it.
    await runner.query(`
      CREATE INDEX credential_due_at_host ON "${schema}".credential (refresh_host, greatest(refresh_due_at, next_attempt_at))
      WHERE deleted_at IS NULL AND status = 'usable' AND refresh_due_at IS NOT NULL`);
    await runner.query(`
      CREATE INDEX credential_due_when ON "${schema}".credential (greatest(refresh_due_at, next_attempt_at))
      WHERE deleted_at IS NULL AND status = 'usable' AND refresh_due_at IS NOT NULL`);
    await runner.query(`DROP INDEX "${schema}".credential_due`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`
      CREATE INDEX credential_due ON "${schema}".credential (refresh_due_at) WHERE deleted_at IS NULL AND status = 'usable' AND refresh_due_at IS NOT NULL`);
    await runner.query(`DROP INDEX "${schema}".credential_due_when`);
    await runner.query(`DROP INDEX "${schema}".credential_due_at_host`);
    await runner.query(`ALTER TABLE "${schema}".credential RESET (fillfactor, autovacuum_vacuum_scale_factor), DROP COLUMN refresh_host`);
  }
}
