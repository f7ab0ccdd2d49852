import type { MigrationInterface, QueryRunner } from 'typeorm';
import { currentPlatform, currentProject, protectTable, schemaOf } from '@trunkline/persistence';

export class SigningKeys1763000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`
      CREATE TABLE "${schema}".signing_key (
        id text PRIMARY KEY,
        platform_id text NOT NULL,
        -- Null: the platform's own.
        project_id text,
        display_name text NOT NULL,
        algorithm text NOT NULL CHECK (algorithm IN ('RS256', 'PS256', 'ES256', 'EdDSA', 'ssh-ed25519', 'ssh-rsa')),
        public_key_pem text NOT NULL,
        public_jwk jsonb,
        ssh_public_key text,
        certificate_pem text,
        fingerprint text NOT NULL,
        -- PKCS#8; associated data: project (or platform), id, 'private_key'.
        sealed_private_key bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz,
        CHECK ((revoked_at IS NULL) = (sealed_private_key IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX signing_key_of_owner ON "${schema}".signing_key (platform_id, project_id, created_at) WHERE revoked_at IS NULL`);
    await runner.query(`ALTER TABLE "${schema}".credential ADD COLUMN signing_key_id text`);
    await runner.query(`CREATE INDEX credential_of_signing_key ON "${schema}".credential (signing_key_id) WHERE signing_key_id IS NOT NULL AND deleted_at IS NULL`);
    // Not even a platform sees its projects' keys: they sign for the project alone.
    const own = `platform_id = ${currentPlatform} AND project_id IS NOT DISTINCT FROM ${currentProject}`;
    await protectTable(runner, { table: `"${schema}".signing_key`, privileges: 'SELECT, INSERT, UPDATE', policy: own });
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`DROP INDEX "${schema}".credential_of_signing_key`);
    await runner.query(`ALTER TABLE "${schema}".credential DROP COLUMN signing_key_id`);
    await runner.query(`DROP TABLE "${schema}".signing_key`);
  }
}
