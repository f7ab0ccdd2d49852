import type { Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
// The database here is a customer's, one more system that is read; ours stays out of reach of this package.
// eslint-disable-next-line @nx/enforce-module-boundaries
import pg from 'pg';
import { ProviderError } from '../../provider-error.js';
import type { Cell, Column, Database, DatabaseAccess, Row, RowsWanted, Table } from './database.js';
import { jsonOf, momentOf, numberOf } from './table-values.js';

const { escapeIdentifier } = pg;

/** pg calls `connect` on the socket it is given; this one is connected, and to nowhere else. */
function connected(socket: Socket): Socket {
  const same = (): Socket => {
    process.nextTick(() => socket.emit('connect'));
    return socket;
  };
  return Object.assign(socket, { connect: same });
}

/** What SQLSTATE means here (PostgreSQL manual, appendix A). The server's own text may quote data and is not passed on. */
export function postgresFailure(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const { code } = error as { code?: unknown };
  const state = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
  if (state === null) return new ProviderError('unavailable', 'the database closed the connection, or TLS was not possible with it');
  if (state.startsWith('28')) return new ProviderError('unauthorized', `the database does not accept the user or the password (SQLSTATE ${state})`);
  if (state === '42501') return new ProviderError('forbidden', `the user may not do this (SQLSTATE ${state})`);
  if (/^(?:08|40|53|55|57|58|XX)/.test(state)) return new ProviderError('unavailable', `the database cannot answer just now (SQLSTATE ${state})`);
  return new ProviderError('rejected', `the database rejected the query (SQLSTATE ${state})`);
}

const timeTypes = new Set(['timestamptz', 'timestamp', 'date']);

const tablesSql = `
  SELECT n.nspname AS schema, c.relname AS name,
    (SELECT json_agg(json_build_array(a.attname, t.typname, NOT a.attnotnull) ORDER BY a.attnum)
       FROM pg_attribute a JOIN pg_type t ON t.oid = CASE WHEN (SELECT typtype FROM pg_type WHERE oid = a.atttypid) = 'd' THEN (SELECT typbasetype FROM pg_type WHERE oid = a.atttypid) ELSE a.atttypid END
       WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'SELECT')) AS columns,
    (SELECT json_agg(json_build_array(i.indisprimary, i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indisvalid,
         (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(attnum, place) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum)))
       FROM pg_index i WHERE i.indrelid = c.oid) AS indexes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = coalesce($1, current_schema()) AND ($2::text IS NULL OR c.relname = $2)
    AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
  ORDER BY c.relname LIMIT 1000`;

interface Described {
  schema: string;
  name: string;
  columns: [string, string, boolean][] | null;
  indexes: [boolean, boolean, string[] | null][] | null;
}

function toTable({ schema, name, columns, indexes }: Described): Table {
  const all = (indexes ?? []).filter(([, , names]) => names !== null && names.length > 0) as [boolean, boolean, string[]][];
  return {
    schema,
    name,
    columns: (columns ?? []).map(([column, type, nullable]) => ({ name: column, type, nullable })),
    primaryKey: all.find(([primary]) => primary)?.[2] ?? [],
    uniqueKeys: all.filter(([, unique]) => unique).map(([, , names]) => names),
    indexed: all.map(([, , [first]]) => first!),
  };
}

function valueOf({ type }: Column, cell: Cell): unknown {
  if (cell === null) return null;
  const text = cell.toString('utf8');
  switch (type) {
    case 'bool':
      return text === 'true';
    case 'int2':
    case 'int4':
    case 'float4':
    case 'float8':
      return numberOf(text);
    case 'timestamptz':
      return momentOf(text, true);
    case 'timestamp':
      return momentOf(text, false);
    case 'bytea':
      return Buffer.from(text.slice(2), 'hex').toString('base64');
    case 'json':
    case 'jsonb':
      return jsonOf(text);
    default:
      return text;
  }
}

/** Every value as text: what becomes of it is said above, not by the driver. */
const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

/** Signs in to PostgreSQL. @throws ProviderError */
export async function connectPostgres({ socket, place, database, username, password, tls, timeoutMs }: DatabaseAccess): Promise<pg.Client> {
  const client = new pg.Client({
    host: place.host,
    port: place.port,
    user: username,
    password: password.reveal(),
    database,
    stream: () => connected(socket),
    ssl: tls === null ? false : { rejectUnauthorized: true, ...(tls.ca !== undefined && { ca: tls.ca }), ...(tls.servername !== undefined && { servername: tls.servername }), checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkServerIdentity(place.host, certificate) },
    connectionTimeoutMillis: timeoutMs,
    types: asText,
    application_name: 'trunkline',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw postgresFailure(error);
  }
  return client;
}

/** Settings of a transaction, and of it alone: a pooler in front of the database hands the next one to another session. */
export const localSettings = (timeoutMs: number): string =>
  `SET LOCAL statement_timeout = ${Math.max(1, Math.floor(timeoutMs))}; SET LOCAL lock_timeout = 5000; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 3; SET LOCAL client_encoding = 'UTF8'`;

/** Signs in to PostgreSQL, to read. @throws ProviderError */
export async function openPostgres(access: DatabaseAccess): Promise<Database> {
  const client = await connectPostgres(access);
  const { socket } = access;
  const begin = `BEGIN READ ONLY; ${localSettings(access.timeoutMs)}`;
  const read = async (text: string, values: unknown[]): Promise<unknown[][]> => {
    try {
      await client.query(begin);
      const { rows } = await client.query<unknown[]>({ text, values, rowMode: 'array' });
      await client.query('COMMIT');
      return rows;
    } catch (error) {
      throw postgresFailure(error);
    }
  };

  return {
    async tables(schema, table) {
      const rows = (await read(`SELECT json_build_object('schema', schema, 'name', name, 'columns', columns, 'indexes', indexes)::text FROM (${tablesSql}) AS found`, [schema, table])) as [string][];
      return rows.map(([text]) => toTable(JSON.parse(text) as Described));
    },
    async rows({ table, key, after, from, limit }: RowsWanted): Promise<Row[]> {
      // Qualified: a bare name in ORDER BY is that of a column of the result, which is a text and sorts like one.
      const columnOf = (name: string) => `t.${escapeIdentifier(name)}`;
      const names = key.map(({ name }) => columnOf(name));
      const keyTexts = names.map((name) => `${name}::text`);
      // Compared as a whole row, by the very order it is sorted in, so nothing of equal values is left out or read twice.
      const bound = after !== null ? `WHERE (${names.join(', ')}) > (${after.map((_, index) => `$${index + 2}`).join(', ')})` : from !== null ? `WHERE ${names[0]} >= $2` : '';
      const text = `SELECT ${[...table.columns.map(({ name }) => `${columnOf(name)}::text`), ...keyTexts].join(', ')} FROM ${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)} AS t ${bound} ORDER BY ${names.join(', ')} LIMIT $1`;
      const rows = (await read(text, [limit, ...(after ?? (from === null ? [] : [from]))])) as (string | null)[][];
      const width = table.columns.length;
      return rows.map((row) => ({ cells: row.slice(0, width).map((cell) => (cell === null ? null : Buffer.from(cell, 'utf8'))), key: row.slice(width) as string[] }));
    },
    value: valueOf,
    async clock({ type }, secondsAgo) {
      if (!timeTypes.has(type)) return null;
      const [[text] = []] = await read(`SELECT (now() - make_interval(secs => $1))::${type}::text`, [secondsAgo]);
      return String(text);
    },
    async earlier({ type }, value, seconds) {
      const [[text] = []] = await read(`SELECT ($1::${type} - make_interval(secs => $2))::${type}::text`, [value, seconds]);
      return String(text);
    },
    async account() {
      const [[user, name] = []] = await read('SELECT current_user::text, current_database()::text', []);
      return { user: String(user), database: String(name) };
    },
    received: () => ((client as unknown as { connection: { stream: Socket } }).connection.stream.bytesRead ?? 0),
    async close() {
      socket.destroy();
      await client.end().catch(() => undefined);
    },
  };
}
