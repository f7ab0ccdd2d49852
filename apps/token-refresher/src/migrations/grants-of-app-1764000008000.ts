import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from '@trunkline/persistence';

/** Who else lives by a grant is asked at every deletion: by the client it was given to. */
export class GrantsOfApp1764000008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX credential_of_app ON "${schemaOf(runner.connection)}".credential (oauth_app_id) WHERE deleted_at IS NULL AND oauth_app_id IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "${schemaOf(runner.connection)}".credential_of_app`);
  }
}
