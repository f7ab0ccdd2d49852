import type { MigrationInterface, QueryRunner } from 'typeorm';
import { identifier } from '../view/view-definition.js';

export class StreamViews1763500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `fields` is what the stream has; `shown` is what its view shows: the same unless there is a problem. Null: there is no view yet.
    await runner.query(`
      CREATE TABLE analytics.stream_shape (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        connector text NOT NULL,
        stream text NOT NULL,
        view_name text NOT NULL UNIQUE,
        fields jsonb NOT NULL,
        shown jsonb,
        problem text,
        -- Rows have come in another way than by batches: what they have is to be looked at.
        stale boolean NOT NULL DEFAULT false,
        changed_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (connector, stream)
      )`);
    // What a view reads: the rows of a stream that are there, of all projects or of one.
    await runner.query('CREATE INDEX record_stream ON analytics.record (connector, stream, project_id) WHERE NOT deleted');
    await runner.query('DROP INDEX analytics.record_project');
  }

  async down(runner: QueryRunner): Promise<void> {
    const views = (await runner.query('SELECT view_name FROM analytics.stream_shape')) as { view_name: string }[];
    for (const { view_name: view } of views) await runner.query(`DROP VIEW IF EXISTS analytics.${identifier(view)}`);
    await runner.query('CREATE INDEX record_project ON analytics.record (project_id, connector, stream)');
    await runner.query('DROP INDEX analytics.record_stream');
    await runner.query('DROP TABLE analytics.stream_shape');
  }
}
