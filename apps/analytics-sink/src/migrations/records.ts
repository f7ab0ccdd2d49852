import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Records1760000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `key` compares by bytes: cheaper than the database's language rules, and the order in which parallel batches lock rows.
    await runner.query(`
      CREATE TABLE analytics.record (
        connection_id text NOT NULL,
        stream text NOT NULL,
        key text COLLATE "C" NOT NULL,
        version bigint NOT NULL,
        generation bigint NOT NULL,
        project_id text NOT NULL,
        connector text NOT NULL,
        run_id text NOT NULL,
        deleted boolean NOT NULL,
        data jsonb,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (connection_id, stream, key),
        CHECK (deleted = (data IS NULL))
      )`);
    await runner.query('CREATE INDEX record_project ON analytics.record (project_id, connector, stream)');
    await runner.query(`
      CREATE TABLE analytics.rejected (
        message_id text NOT NULL,
        position int NOT NULL,
        project_id text NOT NULL,
        connection_id text NOT NULL,
        connector text NOT NULL,
        stream text NOT NULL,
        run_id text NOT NULL,
        reason text NOT NULL,
        record text NOT NULL,
        rejected_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (message_id, position)
      )`);
    await runner.query(`
      CREATE VIEW analytics.stream_counts AS
        SELECT connection_id, connector, stream,
               count(*) FILTER (WHERE NOT deleted) AS rows,
               count(*) FILTER (WHERE deleted) AS deleted
        FROM analytics.record
        GROUP BY connection_id, connector, stream`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW analytics.stream_counts');
    await runner.query('DROP TABLE analytics.rejected');
    await runner.query('DROP TABLE analytics.record');
  }
}
