import { Failure } from './failure.mjs';

/**
 * Makes the role and the database the services use, if they are not there yet.
 * @param {{ port: number, password: string, databasePassword: string, dataDir: string }} options
 * @throws Failure if the data folder was made under another password
 */
export async function prepareDatabase({ port, password, databasePassword, dataDir }) {
  // Not a Node builtin: there only once dependencies are installed.
  const { default: pg } = await import('pg');
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres', connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const roles = await client.query(`SELECT 1 FROM pg_roles WHERE rolname = 'trunkline'`);
    if (roles.rowCount === 0) await client.query(`CREATE ROLE trunkline LOGIN CREATEROLE PASSWORD ${client.escapeLiteral(databasePassword)}`);
    // For the role that requests of tenants run as; a database that is older than it gets the right here.
    else await client.query('ALTER ROLE trunkline CREATEROLE');
    const databases = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'trunkline'`);
    if (databases.rowCount === 0) await client.query('CREATE DATABASE trunkline OWNER trunkline');
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code === '28P01') {
      throw new Failure(`The database in ${dataDir} was made under another password. Restore the secrets.json that belongs to it, or delete the whole data folder to begin anew.`, { cause: error });
    }
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
