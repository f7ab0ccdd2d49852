import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from '@trunkline/persistence';

/** What keeping tokens alive needs to know: when a refresh token ends, what was told of an end, when what is broken was last tried. */
export class StayingAlive1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`
      ALTER TABLE "${schema}".credential
        -- Of the refresh token, where the provider says so; null: not known.
        ADD COLUMN refresh_expires_at timestamptz,
        ADD COLUMN refresh_lifetime_seconds double precision,
        -- The end that was last told as \`credential.expiring\`.
        ADD COLUMN expiring_told_for timestamptz,
        -- Since when it is broken, and when it was last tried since.
        ADD COLUMN broken_at timestamptz,
        ADD COLUMN probed_at timestamptz`);
    await runner.query(`UPDATE "${schema}".credential SET broken_at = updated_at WHERE status = 'broken' OR status_when_enabled = 'broken'`);
    await runner.query(`
      CREATE INDEX credential_to_probe ON "${schema}".credential (greatest(broken_at, probed_at)) WHERE deleted_at IS NULL AND status = 'broken' AND refreshable`);
    // What nothing renews ends with its access token, everything else with its refresh token.
    await runner.query(`
      CREATE INDEX credential_ends ON "${schema}".credential ((CASE WHEN refreshable THEN refresh_expires_at ELSE access_expires_at END))
      WHERE deleted_at IS NULL AND status = 'usable'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`DROP INDEX "${schema}".credential_ends`);
    await runner.query(`DROP INDEX "${schema}".credential_to_probe`);
    await runner.query(`
      ALTER TABLE "${schema}".credential DROP COLUMN refresh_expires_at, DROP COLUMN refresh_lifetime_seconds, DROP COLUMN expiring_told_for,
        DROP COLUMN broken_at, DROP COLUMN probed_at`);
  }
}
