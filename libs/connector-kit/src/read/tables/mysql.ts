import type { Socket } from 'node:net';
import mysql from 'mysql2';
import { ProviderError } from '../../provider-error.js';
import type { Cell, Column, Database, DatabaseAccess, Row, RowsWanted, Table } from './database.js';
import { jsonOf, momentOf, numberOf } from './table-values.js';

const { escapeId } = mysql;

const unauthorized = new Set([1044, 1045, 1251, 1698]);
const forbidden = new Set([1142, 1143, 1227]);
/** Too much to do, locks, no room, read only for a failover, killed or timed out: not of the query, so it may be asked again. */
const passing = new Set([1021, 1037, 1038, 1040, 1041, 1053, 1077, 1079, 1114, 1129, 1135, 1152, 1158, 1159, 1160, 1161, 1203, 1205, 1206, 1213, 1226, 1290, 1317, 1836, 1927, 1969, 3024, 4031]);

/** What the server's error numbers mean here. Its own text may quote data and is not passed on. */
export function mysqlFailure(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const { errno, fatal } = error as { errno?: unknown; fatal?: unknown };
  if (typeof errno !== 'number' || errno < 1_000) return new ProviderError('unavailable', 'the database closed the connection, or TLS was not possible with it');
  if (unauthorized.has(errno)) return new ProviderError('unauthorized', `the database does not accept the user or the password (error ${errno})`);
  if (forbidden.has(errno)) return new ProviderError('forbidden', `the user may not do this (error ${errno})`);
  if (passing.has(errno) || (fatal === true && errno !== 1049)) return new ProviderError('unavailable', `the database cannot answer just now (error ${errno})`);
  return new ProviderError('rejected', `the database rejected the query (error ${errno})`);
}

/** `bigint(20) unsigned` → `bigint unsigned`; of a decimal the digits are kept, of which a comparison takes as many. */
const typeName = (columnType: string): string => {
  const type = columnType.toLowerCase();
  return (type.startsWith('decimal') ? type : type.replace(/\([^)]*\)/g, '')).trim();
};
const base = (type: string): string => /^\w+/.exec(type)?.[0] ?? '';
const timeTypes = new Set(['timestamp', 'datetime', 'date']);
const binaryTypes = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'geometry']);
const integerTypes = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year']);
/** What is sorted by a number that stands for the value. */
const numberedTypes = new Set(['enum', 'set', 'bit']);

/** A key's value as a text that leads back to it, bytes included, and to its place in the order. */
function keyText({ name, type }: Column): string {
  const column = escapeId(name, true);
  const kind = base(type);
  if (binaryTypes.has(kind)) return `HEX(${column})`;
  if (numberedTypes.has(kind)) return `CAST(${column} + 0 AS CHAR)`;
  // The text of a single float has fewer digits than tell it from its neighbours.
  return kind === 'float' ? `CAST(${column} + 0e0 AS CHAR)` : `CAST(${column} AS CHAR)`;
}

/** The text as a value of the column's type: compared as a text, MySQL would make a double of a big number. */
function parameter({ type }: Column): string {
  const kind = base(type);
  if (binaryTypes.has(kind)) return 'UNHEX(?)';
  if (numberedTypes.has(kind)) return 'CAST(? AS UNSIGNED)';
  if (integerTypes.has(kind)) return type.includes('unsigned') ? 'CAST(? AS UNSIGNED)' : 'CAST(? AS SIGNED)';
  if (kind === 'decimal') return `CAST(? AS ${type.split(' ')[0]!.toUpperCase()})`;
  if (kind === 'float' || kind === 'double') return '(? + 0e0)';
  if (kind === 'timestamp' || kind === 'datetime') return 'CAST(? AS DATETIME(6))';
  if (kind === 'date') return 'CAST(? AS DATE)';
  return '?';
}

/** Behind the key, written out: MySQL finds no index for a comparison of whole rows. */
function behind(key: readonly Column[], after: readonly string[]): { sql: string; values: string[] } {
  const parts: string[] = [];
  const values: string[] = [];
  key.forEach((column, place) => {
    const equal = key.slice(0, place).map((one) => `${escapeId(one.name, true)} = ${parameter(one)}`);
    parts.push(`(${[...equal, `${escapeId(column.name, true)} > ${parameter(column)}`].join(' AND ')})`);
    values.push(...after.slice(0, place + 1));
  });
  const [first] = key;
  return { sql: `WHERE ${escapeId(first!.name, true)} >= ${parameter(first!)} AND (${parts.join(' OR ')})`, values: [after[0]!, ...values] };
}

function valueOf({ type }: Column, cell: Cell): unknown {
  if (cell === null) return null;
  const kind = base(type);
  if (binaryTypes.has(kind)) return cell.toString('base64');
  const text = cell.toString('utf8');
  switch (kind) {
    case 'tinyint':
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'year':
    case 'float':
    case 'double':
      return numberOf(text);
    case 'bit': {
      const bits = BigInt(`0x${cell.toString('hex')}`);
      return cell.length <= 6 ? Number(bits) : String(bits);
    }
    case 'timestamp':
      return momentOf(text, true);
    case 'datetime':
      return momentOf(text, false);
    case 'json':
      return jsonOf(text);
    default:
      return text;
  }
}

const columnsSql = `
  SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.IS_NULLABLE FROM information_schema.COLUMNS c
  JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME AND t.TABLE_TYPE = 'BASE TABLE'
  WHERE c.TABLE_SCHEMA = COALESCE(?, DATABASE()) AND (? IS NULL OR c.TABLE_NAME = ?) ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION LIMIT 50000`;
const indexesSql = `
  SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND (? IS NULL OR TABLE_NAME = ?) ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX LIMIT 50000`;

interface Index {
  readonly primary: boolean;
  unique: boolean;
  readonly columns: string[];
}

function toTables(columns: readonly string[][], indexes: readonly (string | null)[][]): Table[] {
  const byTable = new Map<string, { schema: string; columns: Column[]; indexes: Map<string, Index> }>();
  for (const [schema, table, name, type, nullable] of columns) {
    const found = byTable.get(table!) ?? { schema: schema!, columns: [], indexes: new Map<string, Index>() };
    byTable.set(table!, found);
    found.columns.push({ name: name!, type: typeName(type!), nullable: nullable === 'YES' });
  }
  for (const [table, name, notUnique, column, part] of indexes) {
    const found = byTable.get(table!);
    if (found === undefined) continue;
    const index = found.indexes.get(name!) ?? { primary: name === 'PRIMARY', unique: notUnique === '0', columns: [] };
    found.indexes.set(name!, index);
    // An index over part of a text, or over an expression, says nothing of whole values.
    if (column === null || column === undefined || (part !== null && part !== undefined)) index.unique = false;
    index.columns.push(column ?? '');
  }
  return [...byTable].slice(0, 1_000).map(([name, table]) => {
    const all = [...table.indexes.values()];
    return {
      schema: table.schema,
      name,
      columns: table.columns,
      primaryKey: all.find(({ primary, unique }) => primary && unique)?.columns ?? [],
      uniqueKeys: all.filter(({ unique }) => unique).map(({ columns: names }) => names),
      indexed: all.map(({ columns: names }) => names[0]!),
    };
  });
}

export interface MysqlSession {
  readonly connection: mysql.Connection;
  /** @throws ProviderError, with the server's error number as `errno` */
  run(sql: string, values?: unknown[]): Promise<unknown>;
  close(): void;
}

/** Signs in to MySQL or MariaDB. @throws ProviderError */
export async function connectMysql({ socket, place, database, username, password, tls, timeoutMs }: DatabaseAccess, sqlMode: string): Promise<MysqlSession> {
  // The driver would compare the certificate of an address with "localhost".
  if (tls !== null && tls.servername === undefined) throw new ProviderError('rejected', 'with TLS the host must be a name, as the certificate has it');
  const connection = mysql.createConnection({
    host: place.host,
    port: place.port,
    user: username,
    password: password.reveal(),
    database,
    stream: socket as never,
    ...(tls !== null && { ssl: { rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2', ...(tls.ca !== undefined && { ca: tls.ca }) } }),
    connectTimeout: timeoutMs,
    charset: 'utf8mb4',
    timezone: 'Z',
    multipleStatements: false,
    rowsAsArray: true,
    // Neither does the server get to ask for a file of ours, nor does a password go out in the clear.
    flags: ['-LOCAL_FILES'],
    typeCast: (field) => field.buffer(),
  });
  connection.on('error', () => undefined);

  /** Statements under way: the driver says nothing more of them once the connection is destroyed. */
  const waiting = new Set<(error: ProviderError) => void>();
  const close = (why = 'the connection was closed'): void => {
    connection.destroy();
    socket.destroy();
    for (const reject of waiting) reject(new ProviderError('unavailable', why));
  };
  const run = (sql: string, values: unknown[] = []): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => close(`the database did not answer within ${timeoutMs} ms`), timeoutMs);
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        waiting.delete(fail);
        end();
      };
      const fail = (error: Error): void => settle(() => reject(error));
      waiting.add(fail);
      connection.query({ sql, values }, (error, rows) => (error ? fail(Object.assign(mysqlFailure(error), { errno: error.errno })) : settle(() => resolve(rows))));
    });
  try {
    await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(mysqlFailure(error)) : resolve())));
    // Values are written into the text by the driver with backslashes, so the mode that takes them literally must be off.
    await run(`SET SESSION sql_mode = '${sqlMode}', SESSION time_zone = '+00:00', SESSION transaction_isolation = 'READ-COMMITTED'`).catch(() => run(`SET SESSION sql_mode = '${sqlMode}', SESSION time_zone = '+00:00', SESSION tx_isolation = 'READ-COMMITTED'`));
    // MySQL and MariaDB call it differently; our own deadline holds in any case.
    await run(`SET SESSION max_execution_time = ${timeoutMs}`).catch(() => run(`SET SESSION max_statement_time = ${timeoutMs / 1_000}`));
  } catch (error) {
    close();
    throw mysqlFailure(error);
  }
  return { connection, run, close: () => close() };
}

/** Signs in to MySQL or MariaDB, to read. @throws ProviderError */
export async function openMysql(access: DatabaseAccess): Promise<Database> {
  const { connection, run, close } = await connectMysql(access, '');
  const read = async (sql: string, values: unknown[]): Promise<Cell[][]> => {
    await run('START TRANSACTION READ ONLY');
    const rows = (await run(sql, values)) as Cell[][];
    await run('COMMIT');
    return rows;
  };
  const texts = async (sql: string, values: unknown[]): Promise<(string | null)[][]> => (await read(sql, values)).map((row) => row.map((cell) => (cell === null ? null : cell.toString('utf8'))));

  return {
    async tables(schema, table) {
      const of = [schema, table, table];
      return toTables((await texts(columnsSql, of)) as string[][], await texts(indexesSql, of));
    },
    async rows({ table, key, after, from, limit }: RowsWanted): Promise<Row[]> {
      const order = key.map(({ name }) => escapeId(name, true)).join(', ');
      const bound = after !== null ? behind(key, after) : from !== null ? { sql: `WHERE ${escapeId(key[0]!.name, true)} >= ${parameter(key[0]!)}`, values: [from] } : { sql: '', values: [] };
      const columns = [...table.columns.map(({ name }) => escapeId(name, true)), ...key.map(keyText)].join(', ');
      const rows = await read(`SELECT ${columns} FROM ${escapeId(table.schema, true)}.${escapeId(table.name, true)} ${bound.sql} ORDER BY ${order} LIMIT ${Math.floor(limit)}`, bound.values);
      const width = table.columns.length;
      return rows.map((row) => ({ cells: row.slice(0, width), key: row.slice(width).map((cell) => cell!.toString('utf8')) }));
    },
    value: valueOf,
    async clock({ type }, secondsAgo) {
      const kind = base(type);
      if (!timeTypes.has(kind)) return null;
      const [[text] = []] = await texts(`SELECT CAST(CAST(NOW(6) - INTERVAL ? SECOND AS ${kind === 'date' ? 'DATE' : 'DATETIME(6)'}) AS CHAR)`, [secondsAgo]);
      return String(text);
    },
    async earlier(column, value, seconds) {
      const [[text] = []] = await texts(`SELECT CAST(CAST(${parameter(column)} - INTERVAL ? SECOND AS ${base(column.type) === 'date' ? 'DATE' : 'DATETIME(6)'}) AS CHAR)`, [value, seconds]);
      return String(text);
    },
    async account() {
      const [[user, name] = []] = await texts('SELECT CURRENT_USER(), DATABASE()', []);
      return { user: String(user), database: String(name) };
    },
    received: () => (connection as unknown as { stream: Socket }).stream.bytesRead ?? 0,
    close: async () => close(),
  };
}
