import mysql from 'mysql2';
import { ProviderError } from '../../provider-error.js';
import type { DatabaseAccess } from '../../read/tables/database.js';
import { connectMysql, mysqlFailure } from '../../read/tables/mysql.js';
import type { MysqlSession } from '../../read/tables/mysql.js';
import { narrowedDown } from '../untaken.js';
import { ownColumns, textOfValue } from './table-row.js';
import type { TableRow } from './table-row.js';
import type { TableSession, TableWanted } from './table-session.js';

const quoted = (name: string): string => mysql.escapeId(name, true);

/** Without it MySQL cuts values off to make them fit, and says nothing. */
const strict = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

/** A key with four bytes for each character still fits into an index. */
const longestKey = 768;

/** Values that do not fit and rules of the table, of MySQL and MariaDB. */
const ofTheRow = new Set([1048, 1062, 1216, 1264, 1265, 1292, 1364, 1366, 1367, 1406, 1411, 1451, 1452, 1526, 1644, 1690, 1713, 3140, 3141, 3156, 3819, 3903, 4025]);

const numberOf = (error: unknown): number | null => {
  const { errno } = error as { errno?: unknown };
  return typeof errno === 'number' ? errno : null;
};
function reasonOf(error: unknown): string | null {
  const errno = numberOf(error);
  return errno !== null && ofTheRow.has(errno) ? `the table does not take it (error ${errno})` : null;
}

const madeMeanwhile = new Set([1050, 1060]);

interface Found {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly counts: boolean;
  /** Empty for bytes and numbers. */
  readonly collation: string;
}

/** Signs in to MySQL or MariaDB to write one table. @throws ProviderError */
export async function openMysqlTable(access: DatabaseAccess, wanted: TableWanted): Promise<TableSession> {
  const session = await connectMysql(access, strict);
  try {
    await session.run('SET SESSION innodb_lock_wait_timeout = 5');
    let found = await columnsOf(session, wanted);
    if (wanted.create) {
      await make(session, wanted, found).catch((error: unknown) => {
        if (!madeMeanwhile.has(numberOf(error) ?? 0)) throw error;
      });
      found = await columnsOf(session, wanted);
    }
    const columns = fit(wanted, found, await uniqueIndexes(session, wanted));
    return {
      write: async (rows) => {
        try {
          await session.run('START TRANSACTION');
          const untaken = await write(session, wanted, columns, rows);
          await session.run('COMMIT');
          return untaken;
        } catch (error) {
          await session.run('ROLLBACK').catch(() => undefined);
          throw mysqlFailure(error);
        }
      },
      close: session.close,
    };
  } catch (error) {
    session.close();
    throw mysqlFailure(error);
  }
}

const textRows = async ({ run }: MysqlSession, sql: string, values: unknown[]): Promise<(string | null)[][]> =>
  ((await run(sql, values)) as (Buffer | null)[][]).map((row) => row.map((cell) => (cell === null ? null : cell.toString('utf8'))));

async function columnsOf(session: MysqlSession, { schema, table }: TableWanted): Promise<Found[]> {
  const rows = await textRows(session, 'SELECT TABLE_SCHEMA, COLUMN_NAME, DATA_TYPE, EXTRA, COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?', [schema, table]);
  return rows.map(([inSchema, name, type, extra, collation]) => ({ schema: inSchema!, name: name!, type: type!.toLowerCase(), counts: /auto_increment/i.test(extra ?? ''), collation: collation ?? '' }));
}

/** Columns of each unique index. A part of a column, or an expression, counts as a column without a name. */
async function uniqueIndexes(session: MysqlSession, { schema, table }: TableWanted): Promise<string[][]> {
  const rows = await textRows(session, 'SELECT INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ? AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX', [schema, table]);
  const indexes = new Map<string, string[]>();
  for (const [index, column, part] of rows) indexes.set(index!, [...(indexes.get(index!) ?? []), part === null ? (column ?? '') : '']);
  return [...indexes.values()];
}

async function make({ run }: MysqlSession, { schema, table, columns }: TableWanted, found: readonly Found[]): Promise<void> {
  const name = `${schema === null ? '' : `${quoted(schema)}.`}${quoted(table)}`;
  const missing = columns.filter((column) => !found.some((one) => one.name.toLowerCase() === column.name.toLowerCase()));
  if (found.length === 0) {
    const own = '`_key` VARCHAR(768) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, `_version` BIGINT NOT NULL, `_deleted` TINYINT(1) NOT NULL DEFAULT 0, `data` JSON';
    await run(`CREATE TABLE ${name} (${[own, ...columns.map((column) => `${quoted(column.name)} LONGTEXT`)].join(', ')}) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4`);
  } else if (missing.length > 0) {
    await run(`ALTER TABLE ${name} ${missing.map((column) => `ADD COLUMN ${quoted(column.name)} LONGTEXT`).join(', ')}`);
  }
}

/** @throws ProviderError `rejected` if the table is not one that can be written to */
function fit({ table, columns }: TableWanted, found: readonly Found[], unique: readonly string[][]): Found[] {
  const refuse = (what: string) => new ProviderError('rejected', `the table "${table}" ${what}`);
  if (found.length === 0) throw refuse('is not there, or the user may not see it');
  const names = [...ownColumns, ...columns.map(({ name }) => name)];
  const byName = new Map(found.map((one) => [one.name.toLowerCase(), one]));
  const missing = names.filter((name) => !byName.has(name.toLowerCase()));
  if (missing.length > 0) throw refuse(`lacks the columns ${missing.join(', ')}`);
  if (!unique.some((index) => index.length === 1 && index[0]!.toLowerCase() === '_key')) throw refuse('has no unique index of "_key" alone');
  const { collation } = byName.get('_key')!;
  if (!/^$|_bin$|_cs$/.test(collation)) throw refuse(`takes keys for one that differ in case or accents (collation ${collation}); "_key" needs utf8mb4_bin`);
  // "ON DUPLICATE KEY" means any of them: a row that has another's e-mail address would overwrite it.
  const other = unique.find((index) => !(index.length === 1 && (index[0]!.toLowerCase() === '_key' || byName.get(index[0]!.toLowerCase())?.counts === true)));
  if (other !== undefined) throw refuse(`has another unique index (${other.join(', ')}), beside which MySQL cannot tell whose row it is`);
  return names.map((name) => byName.get(name.toLowerCase())!);
}

/** ISO 8601 as MySQL reads it, in UTC. Anything else is left to the server. */
function timeOf(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,6})?)\d*(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (match === null) return text;
  const [, day, time, zone] = match;
  if (zone === undefined || zone === 'Z') return `${day} ${time}`;
  const moment = Date.parse(`${day}T${time}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`);
  return Number.isNaN(moment) ? text : new Date(moment).toISOString().replace('T', ' ').replace('Z', '');
}

function valueFor({ type }: Found, value: unknown): string | number | null {
  if (typeof value === 'boolean' && type !== 'json' && !type.endsWith('text') && !type.endsWith('char')) return value ? 1 : 0;
  const text = type === 'json' && value !== null ? JSON.stringify(value) : textOfValue(value);
  return text !== null && (type === 'datetime' || type === 'timestamp') ? timeOf(text) : text;
}

const cellsOf = ({ key, version, deleted, data, values }: TableRow, columns: readonly Found[]): (string | number | null)[] => [
  key,
  String(version),
  deleted ? 1 : 0,
  data,
  ...values.map((value, place) => valueFor(columns[ownColumns.length + place]!, value)),
];

/** A key its column would not tell from another. */
function unkeepable({ key }: TableRow): string | null {
  if (key.length > longestKey) return `its key is longer than ${longestKey} characters`;
  return key.endsWith(' ') ? 'its key ends with a space, which MySQL does not tell from the key without' : null;
}

/** Assignments are carried out from left to right and see what those before them did: the version, which decides, comes last. */
function insertInto({ table }: TableWanted, columns: readonly Found[]): { head: string; tail: string } {
  const newer = 'VALUES(`_version`) > `_version`';
  const mapped = columns.filter(({ name }) => !['_key', '_version', '_deleted'].includes(name.toLowerCase())).map(({ name }) => quoted(name));
  const changes = [
    ...mapped.map((name) => `${name} = IF(${newer} AND NOT VALUES(\`_deleted\`), VALUES(${name}), ${name})`),
    `\`_deleted\` = IF(${newer}, VALUES(\`_deleted\`), \`_deleted\`)`,
    '`_version` = GREATEST(`_version`, VALUES(`_version`))',
  ];
  return {
    head: `INSERT INTO ${quoted(columns[0]!.schema)}.${quoted(table)} (${columns.map(({ name }) => quoted(name)).join(', ')}) VALUES `,
    tail: ` ON DUPLICATE KEY UPDATE ${changes.join(', ')}`,
  };
}

async function write({ run }: MysqlSession, wanted: TableWanted, columns: readonly Found[], rows: readonly TableRow[]) {
  const { head, tail } = insertInto(wanted, columns);
  const group = `(${columns.map(() => '?').join(', ')})`;
  const attempt = async (places: readonly number[]): Promise<void> => {
    await run('SAVEPOINT part');
    try {
      await run(`${head}${places.map(() => group).join(', ')}${tail}`, places.flatMap((place) => cellsOf(rows[place]!, columns)));
    } catch (error) {
      if (reasonOf(error) !== null) await run('ROLLBACK TO SAVEPOINT part');
      throw error;
    }
    await run('RELEASE SAVEPOINT part');
  };
  const unfit = rows.flatMap((row) => {
    const reason = unkeepable(row);
    return reason === null ? [] : [{ index: row.index, reason }];
  });
  const fitting = rows.flatMap((row, place) => (unkeepable(row) === null ? [place] : []));
  const untaken = await narrowedDown(fitting, attempt, reasonOf);
  return [...unfit, ...untaken.map(({ index, reason }) => ({ index: rows[index]!.index, reason }))];
}
