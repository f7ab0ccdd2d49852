import type { AddressInfo } from 'node:net';
import mysql from 'mysql2';
import { Secret } from '@trunkline/contracts';
import { loadCatalog } from '@trunkline/catalog';
import { createEgress } from '@trunkline/egress';
import type { Egress } from '@trunkline/egress';
import { openWriter } from '../src/index.js';
import type { Credential, WriterOptions } from '../src/index.js';
import { batchOf, gone, upsert } from './support/write.js';

const connector = loadCatalog().get('mysql');
const credential: Credential = { type: 'BASIC_AUTH', username: 'writer', password: new Secret('s3cret') };

interface Described {
  columns: [name: string, type: string, extra: string, collation: string | null][];
  unique: [index: string, column: string][];
}
const own: Described = {
  columns: [['_key', 'varchar', '', 'utf8mb4_bin'], ['_version', 'bigint', '', null], ['_deleted', 'tinyint', '', null], ['data', 'json', '', null], ['mail', 'longtext', '', 'utf8mb4_general_ci'], ['at', 'datetime', '', null], ['ok', 'tinyint', '', null]],
  unique: [['PRIMARY', '_key']],
};

type Wire = Record<'writeOk', () => void> & { writeTextResult(rows: unknown[], columns: unknown[]): void; writeError(error: object): void };

/** The wire of MySQL as the driver's own server half speaks it. It keeps the statements, and refuses what a test says. (There is no MySQL among the tests' servers.) */
function startWire() {
  const state: { sent: string[]; table: Described | null; refuses: (sql: string) => number | null } = { sent: [], table: own, refuses: () => null };
  const server = mysql.createServer(() => undefined);
  server.on('connection', (connection) => {
    connection.on('error', () => undefined);
    connection.serverHandshake({ protocolVersion: 10, serverVersion: '8.4.0', connectionId: 1, statusFlags: 2, characterSet: 45, capabilityFlags: 0x00_00_f7_df & ~0x0800, authCallback: (_: unknown, done: (error: null) => void) => done(null) } as never);
    const wire = connection as unknown as Wire;
    const result = (names: string[], rows: (string | null)[][]): void => {
      const columns = names.map((name) => ({ catalog: 'def', schema: '', table: '', orgTable: '', name, orgName: name, characterSet: 45, columnLength: 255, columnType: 253, flags: 0, decimals: 0 }));
      wire.writeTextResult(rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]]))), columns);
    };
    const take = (sql: string): void => {
      state.sent.push(sql);
      const refusal = state.refuses(sql);
      if (refusal !== null) return wire.writeError({ message: 's3cret-of-the-server', code: refusal });
      if (sql.includes('information_schema.COLUMNS')) return result(['s', 'n', 't', 'e', 'c'], (state.table?.columns ?? []).map(([name, type, extra, collation]) => ['shop', name, type, extra, collation]));
      if (sql.includes('information_schema.STATISTICS')) return result(['i', 'c', 'p'], (state.table?.unique ?? []).map(([index, column]) => [index, column, null]));
      if (sql.startsWith('CREATE TABLE')) state.table = own;
      wire.writeOk();
    };
    connection.on('query', take);
    // The driver's server half takes SET for the preparing of a statement.
    connection.on('stmt_prepare', take);
  });
  return { server, state };
}

describe('writing into tables of MySQL', () => {
  const { server, state } = startWire();
  let egress: Egress;
  let inputs: Record<string, string>;
  beforeAll(async () => {
    await new Promise<void>((resolve) => (server as unknown as { listen(port: number, host: string, done: () => void): void }).listen(0, '127.0.0.1', resolve));
    const { port } = (server as unknown as { _server: { address(): AddressInfo } })._server.address();
    egress = createEgress({ allow: [`127.0.0.1:${port}`] });
    inputs = { host: '127.0.0.1', port: String(port), database: 'shop', tls: 'off' };
  });
  afterAll(async () => {
    await egress.close();
    await new Promise<void>((resolve) => (server as unknown as { close(done: () => void): void }).close(() => resolve()));
  });
  beforeEach(() => {
    state.sent.length = 0;
    state.table = own;
    state.refuses = () => null;
  });

  const write = async (records: Parameters<typeof batchOf>[0], target: object = {}) => {
    const writer = openWriter({
      egress, connector, inputs, settings: {}, stream: 'contacts', flowId: 'flow_1', signal: new AbortController().signal, credential: async () => credential, renew: async () => false,
      target: { kind: 'table', table: 'people', create: true, columns: { mail: 'mail', at: 'at', ok: 'ok' }, ...target } as WriterOptions['target'],
    });
    return writer.write(batchOf(records)).finally(() => writer.close());
  };
  const written = () => state.sent.filter((sql) => !/information_schema|^SET/.test(sql));

  it('are written in one transaction, the newest of each key, guarded by its version', async () => {
    expect(await write([upsert("b'\\", 2, { mail: 'b@x', at: '2026-01-31T14:14:15.5+01:00', ok: true }), upsert('a', 1, { mail: 'old' }), upsert('a', 3, { mail: 'new' }), gone('c', 4)])).toEqual([]);
    expect(state.sent[0]).toContain("sql_mode = 'STRICT_ALL_TABLES");
    expect(written()).toEqual([
      'START TRANSACTION',
      'SAVEPOINT part',
      'INSERT INTO `shop`.`people` (`_key`, `_version`, `_deleted`, `data`, `mail`, `at`, `ok`) VALUES ' +
        `('a', '3', 0, '{\\"mail\\":\\"new\\"}', 'new', NULL, NULL), ('b\\'\\\\', '2', 0, '{\\"mail\\":\\"b@x\\",\\"at\\":\\"2026-01-31T14:14:15.5+01:00\\",\\"ok\\":true}', 'b@x', '2026-01-31 13:14:15.500', 1), ('c', '4', 1, NULL, NULL, NULL, NULL)` +
        ' ON DUPLICATE KEY UPDATE ' +
        ['data', 'mail', 'at', 'ok'].map((name) => `\`${name}\` = IF(VALUES(\`_version\`) > \`_version\` AND NOT VALUES(\`_deleted\`), VALUES(\`${name}\`), \`${name}\`), `).join('') +
        '`_deleted` = IF(VALUES(`_version`) > `_version`, VALUES(`_deleted`), `_deleted`), `_version` = GREATEST(`_version`, VALUES(`_version`))',
      'RELEASE SAVEPOINT part',
      'COMMIT',
    ]);
  });

  it('put aside what they do not take, and keys they would not tell apart', async () => {
    state.refuses = (sql) => (sql.includes('bad') ? 1406 : null);
    expect(await write([upsert('a', 1), upsert('bad', 2), upsert('c ', 3), upsert('d', 4)])).toEqual([
      { index: 2, reason: 'its key ends with a space, which MySQL does not tell from the key without' },
      { index: 1, reason: 'the table does not take it (error 1406)' },
    ]);
    expect(written().filter((sql) => sql === 'ROLLBACK TO SAVEPOINT part').length).toBeGreaterThan(0);
    expect(written().at(-1)).toBe('COMMIT');
  });

  it('are made where they are not there, and refused where a row could not be told from another', async () => {
    state.table = null;
    await write([upsert('a', 1)]);
    expect(written()[0]).toBe('CREATE TABLE `people` (`_key` VARCHAR(768) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, `_version` BIGINT NOT NULL, `_deleted` TINYINT(1) NOT NULL DEFAULT 0, `data` JSON, `mail` LONGTEXT, `at` LONGTEXT, `ok` LONGTEXT) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4');
    state.table = { ...own, unique: [['PRIMARY', '_key'], ['mails', 'mail']] };
    await expect(write([upsert('a', 1)])).rejects.toThrow('another unique index (mail)');
    state.table = { ...own, columns: own.columns.map(([name, type, extra, collation]) => [name, type, extra, name === '_key' ? 'utf8mb4_0900_ai_ci' : collation]) };
    await expect(write([upsert('a', 1)])).rejects.toThrow('differ in case');
    state.table = null;
    await expect(write([upsert('a', 1)], { create: false })).rejects.toThrow('is not there');
  });

  it('roll a batch back that cannot be written whole, and pass nothing on that the server writes', async () => {
    state.refuses = (sql) => (sql.startsWith('INSERT') ? 1146 : null);
    await expect(write([upsert('a', 1)])).rejects.toMatchObject({ kind: 'rejected', message: expect.not.stringContaining('s3cret') as string });
    expect(written().at(-1)).toBe('ROLLBACK');
  });
});
