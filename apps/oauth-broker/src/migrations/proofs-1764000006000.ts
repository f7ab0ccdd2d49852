import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys in place of client secrets; what a walk must find again when it comes back. */
export class Proofs1764000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE oauth.oauth_app
        ADD COLUMN sealed_private_key bytea,
        ADD COLUMN key_id text,
        ADD CONSTRAINT oauth_app_one_proof CHECK (sealed_client_secret IS NULL OR sealed_private_key IS NULL)`);
    await runner.query(`
      ALTER TABLE oauth."authorization"
        -- Null: begun by a version that did not look.
        ADD COLUMN endpoints_digest bytea,
        ADD COLUMN issuer_required boolean NOT NULL DEFAULT false`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE oauth."authorization" DROP COLUMN endpoints_digest, DROP COLUMN issuer_required');
    // An app that only has a key is of no use to a version that knows none.
    await runner.query('ALTER TABLE oauth.oauth_app DROP CONSTRAINT oauth_app_one_proof, DROP COLUMN sealed_private_key, DROP COLUMN key_id');
  }
}
