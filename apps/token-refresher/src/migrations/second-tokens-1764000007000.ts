import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from '@trunkline/persistence';

const live = 'deleted_at IS NULL';
const firstAlone = 'deleted_at IS NULL AND token_name IS NULL';

/** A further token of one consent is a row of its own, which is renewed by itself and never found by looking for connections. */
export class SecondTokens1764000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`
      ALTER TABLE "${schema}".credential
        -- Of a further token: the connection it belongs to, and the connector's name for it. Null for the first.
        ADD COLUMN base_connection_id text,
        ADD COLUMN token_name text,
        -- Of the first: why a further token is broken; null: it works, or there is none. Kept here, so that whoever writes the first knows it.
        ADD COLUMN second_broken text,
        -- How often a further token broke or was mended: counted with the version in what is told, so that facts of both rows keep their order.
        ADD COLUMN second_told bigint NOT NULL DEFAULT 0,
        ADD CONSTRAINT credential_second_named CHECK ((base_connection_id IS NULL) = (token_name IS NULL)
          AND (token_name IS NULL OR connection_id = base_connection_id || '.' || token_name))`);
    await runner.query(`CREATE INDEX credential_second ON "${schema}".credential (base_connection_id) WHERE base_connection_id IS NOT NULL`);
    await rewriteReads(runner, schema, live, firstAlone);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await rewriteReads(runner, schema, firstAlone, live);
    await runner.query(`DELETE FROM "${schema}".credential WHERE token_name IS NOT NULL`);
    await runner.query(`DROP INDEX "${schema}".credential_second`);
    await runner.query(`
      ALTER TABLE "${schema}".credential DROP CONSTRAINT credential_second_named,
        DROP COLUMN base_connection_id, DROP COLUMN token_name, DROP COLUMN second_broken, DROP COLUMN second_told`);
  }
}

/** Every walled read of credentials, as earlier migrations left it, with another condition for what it may find. */
async function rewriteReads(runner: QueryRunner, schema: string, from: string, to: string): Promise<void> {
  const reads = (await runner.query(
    `SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE pronamespace = $1::regnamespace AND prorettype = ($2)::regtype AND strpos(prosrc, $3) > 0`,
    [`"${schema}"`, `"${schema}".credential`, from],
  )) as { text: string }[];
  if (reads.length === 0) throw new Error('The walled reads of credentials are not as they were expected');
  for (const { text } of reads) await runner.query(text.replaceAll(from, to));
}
