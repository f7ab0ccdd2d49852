import { Client } from 'pg';
import type { DataSource } from 'typeorm';

/**
 * Brings a service's schema up to date. Replicas that start together take turns behind an advisory lock (held by the session of a
 * client of its own, so a replica that dies lets go of it).
 */
export async function migrate(dataSource: DataSource, schema: string, url: string): Promise<string[]> {
  const client = new Client({ connectionString: url, application_name: `trunkline-migrate-${schema}` });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [`trunkline:migrate:${schema}`]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
