import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from '../sql.js';

/** The key a service signs its cursors with: made once, the same for all replicas, of no use for anything else. */
export class CursorKey1761900000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`CREATE TABLE "${schema}".cursor_key (single boolean PRIMARY KEY DEFAULT true CHECK (single), key bytea NOT NULL)`);
    // Two UUIDv4 have 244 random bits between them.
    await runner.query(`INSERT INTO "${schema}".cursor_key (key) VALUES (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "${schemaOf(runner.connection)}".cursor_key`);
  }
}
