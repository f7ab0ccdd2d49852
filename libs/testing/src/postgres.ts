import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  /** Connection URL of a database that belongs to this test file alone. */
  readonly url: string;
  /** Rows of one statement, on a connection of its own. */
  query<Row extends object = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A fresh database on the real PostgreSQL of this test run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.TRUNKLINE_TEST_DATABASE_URL;
  if (server === undefined) throw new Error('TRUNKLINE_TEST_DATABASE_URL is not set: start the tests with `npm test` or `nx test <project>`');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: queryDatabase(url.href),
    drop: () => withClient(server, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/** Rows of one statement on any database, on a connection of its own. */
export const queryDatabase =
  (url: string): TestDatabase['query'] =>
  <Row extends object>(sql: string, values: unknown[] = []) =>
    withClient(url, async (client) => (await client.query(sql, values)).rows as Row[]);

async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  // A forced drop of the database ends idle connections with an error event; the query that matters rejects by itself.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
