import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What all workers together have spent on one account of a provider. */
export class ApiBudgets1764100001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `account` is a digest of OAuth app and account (or connection); `version` grows with every change, so that of two workers that
    // looked at the same moment only one spends.
    await runner.query(`
      CREATE TABLE sync.api_budget (
        connector text NOT NULL,
        account text NOT NULL,
        name text NOT NULL,
        state jsonb NOT NULL,
        version bigint NOT NULL DEFAULT 1,
        touched_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (connector, account, name)
      ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sync.api_budget');
  }
}
