import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Walks that are begun from a connect link remember it, and for whom it is. */
export class ConnectLinkWalks1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE oauth."authorization" ADD COLUMN connect_link jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE oauth."authorization" DROP COLUMN connect_link');
  }
}
