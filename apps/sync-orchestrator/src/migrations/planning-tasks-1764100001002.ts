import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a database has to read is only known when it was asked: a run of it begins with a task that plans the others. */
export class PlanningTasks1764100001002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sync.task ADD COLUMN kind text NOT NULL DEFAULT 'read' CHECK (kind IN ('read', 'plan'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE sync.task SET status = 'failed', finished_at = now() WHERE kind = 'plan' AND status IN ('queued', 'running')`);
    await runner.query('ALTER TABLE sync.task DROP COLUMN kind');
  }
}
