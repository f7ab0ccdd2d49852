import { parseArgs } from 'node:util';
import { Failure } from '../infra/failure.mjs';
import { databaseAddress, nobodyAnswers } from './database-address.mjs';
import { renderTable } from './render-table.mjs';
import { run } from './run.mjs';

/** @param {readonly string[]} args */
export const main = (args) =>
  run(async () => {
    const { values, positionals } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } }, allowPositionals: true });
    const [text] = positionals;
    if (text === undefined || positionals.length > 1) throw new Failure('Give one statement in quotes: npm run query -- "SELECT count(*) FROM analytics.record" [--json]');
    const connectionString = databaseAddress();
    const { columns, rows } = await ask(connectionString, text);
    const asJson = () => JSON.stringify(rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]]))), null, 2);
    process.stdout.write(`${values.json ? asJson() : renderTable(columns, rows)}\n`);
  });

/**
 * @param {string} connectionString
 * @param {string} text
 * @returns {Promise<{ columns: string[], rows: unknown[][] }>}
 */
async function ask(connectionString, text) {
  const { default: pg } = await import('pg').catch((cause) => {
    throw new Failure('The dependencies are not installed. Run npm ci (or npm start, which does it).', { cause });
  });
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  let connected = false;
  try {
    await client.connect();
    connected = true;
    await client.query('BEGIN READ ONLY');
    // The extended protocol takes one statement only: nothing can end the read-only transaction and write after it.
    const { fields, rows } = await client.query(/** @type {any} */ ({ text, rowMode: 'array', queryMode: 'extended' }));
    await client.query('ROLLBACK');
    return { columns: fields.map((/** @type {{ name: string }} */ { name }) => name), rows: /** @type {any} */ (rows) };
  } catch (error) {
    const known = connected ? null : nobodyAnswers(error);
    throw known ?? new Failure(`The database refused: ${/** @type {Error} */ (error).message}`, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}
