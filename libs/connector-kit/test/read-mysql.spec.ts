import type { AddressInfo } from 'node:net';
import mysql from 'mysql2';
import { Secret } from '@trunkline/contracts';
import { loadCatalog } from '@trunkline/catalog';
import { createEgress } from '@trunkline/egress';
import type { Egress } from '@trunkline/egress';
import { discoverStreams, readStream, verifyCredential } from '../src/index.js';
import type { Credential, ReadPage, StreamState } from '../src/index.js';
import { afterJson, keysOf } from './support/read-all.js';

const connector = loadCatalog().get('mysql');
const credential: Credential = { type: 'BASIC_AUTH', username: 'reader', password: new Secret('s3cret') };
const moment = '2026-01-01 00:00:00.123456';

/**
 * The wire of MySQL as the driver's own server half speaks it, with one table of 250 rows of one moment behind it. It understands the few
 * statements that are sent, and refuses any other. (There is no MySQL among the tests' servers.)
 */
function startWire() {
  const rows = Array.from({ length: 250 }, (_, index) => ({ id: String(9_007_199_254_740_993n + BigInt(index)), at: moment }));
  const sent: string[] = [];
  const answer = (sql: string): { columns: string[]; rows: (string | null)[][] } | null => {
    if (/^(?:SET SESSION|START TRANSACTION READ ONLY$|COMMIT$)/.test(sql)) return null;
    if (sql.includes('information_schema.COLUMNS')) {
      return { columns: ['s', 't', 'c', 'y', 'n'], rows: [['shop', 'orders', 'id', 'bigint(20) unsigned', 'NO'], ['shop', 'orders', 'updated_at', 'datetime(6)', 'NO'], ['shop', 'orders', 'note', 'text', 'YES']] };
    }
    if (sql.includes('information_schema.STATISTICS')) return { columns: ['t', 'i', 'n', 'c', 'p'], rows: [['orders', 'PRIMARY', '0', 'id', null], ['orders', 'at', '1', 'updated_at', null]] };
    if (sql.includes('CURRENT_USER()')) return { columns: ['u', 'd'], rows: [['reader@%', 'shop']] };
    if (sql.includes('NOW(6)')) return { columns: ['now'], rows: [['2026-06-01 00:00:00.000000']] };
    const behind = /`updated_at` = CAST\('([^']+)' AS DATETIME\(6\)\) AND `id` > CAST\('(\d+)' AS UNSIGNED\)/.exec(sql);
    const limit = /FROM `shop`\.`orders` .*ORDER BY `updated_at`, `id` LIMIT (\d+)$/.exec(sql)?.[1];
    if (limit === undefined) throw new Error(`not understood: ${sql}`);
    const found = rows.filter(({ id }) => behind === null || BigInt(id) > BigInt(behind[2]!)).slice(0, Number(limit));
    return { columns: ['id', 'updated_at', 'note', 'k1', 'k2'], rows: found.map(({ id, at }) => [id, at, null, at, id]) };
  };
  const server = mysql.createServer(() => undefined);
  server.on('connection', (connection) => {
    connection.on('error', () => undefined);
    connection.serverHandshake({
      protocolVersion: 10, serverVersion: '8.4.0', connectionId: 1, statusFlags: 2, characterSet: 45, capabilityFlags: 0x00_00_f7_df & ~0x0800,
      authCallback: (params: { user: string }, done: (error: Error | null, refusal?: { message: string; code: number }) => void) => (params.user === 'reader' ? done(null) : done(null, { message: 's3cret-of-the-server', code: 1045 })),
    } as never);
    const take = (sql: string): void => {
      sent.push(sql);
      try {
        const result = answer(sql);
        if (result === null) return void (connection as unknown as { writeOk(): void }).writeOk();
        const columns = result.columns.map((name) => ({ catalog: 'def', schema: '', table: '', orgTable: '', name, orgName: name, characterSet: 45, columnLength: 255, columnType: 253, flags: 0, decimals: 0 }));
        (connection as unknown as { writeTextResult(rows: unknown[], columns: unknown[]): void }).writeTextResult(result.rows.map((row) => Object.fromEntries(result.columns.map((name, index) => [name, row[index]]))), columns);
      } catch {
        (connection as unknown as { writeError(error: object): void }).writeError({ message: 's3cret-of-the-server', code: 1064 });
      }
    };
    connection.on('query', take);
    // The driver's server half takes SET for the preparing of a statement.
    connection.on('stmt_prepare', take);
  });
  return { server, sent };
}

describe('tables of MySQL', () => {
  const { server, sent } = startWire();
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
  const common = () => ({ egress, connector, inputs, settings: {} });

  it('are found, and read to the last of 250 rows of one moment, by another process each page', async () => {
    expect(await discoverStreams({ ...common(), credential })).toMatchObject([{ name: 'orders', incremental: true }]);
    const pages: ReadPage[] = [];
    let state: StreamState | null = null;
    do {
      const reader = readStream({ ...common(), stream: 'orders', pageSize: 60, state, credential: async () => credential });
      const page = (await reader.next()).value as ReadPage;
      await reader.return();
      pages.push(page);
      state = afterJson(page.state);
    } while (!state.done);
    expect(keysOf(pages)).toEqual(Array.from({ length: 250 }, (_, index) => String(9_007_199_254_740_993n + BigInt(index))));
    expect(pages[0]!.records[0]!.data).toEqual({ id: '9007199254740993', updated_at: '2026-01-01T00:00:00.123456', note: null });
    expect(pages.at(-1)).toMatchObject({ full: true, complete: true });
    expect(sent.filter((sql) => !/^(?:SELECT|SET SESSION|START TRANSACTION READ ONLY|COMMIT)/.test(sql.trim()))).toEqual([]);
  });

  it('are signed in to by whom the server knows, and nothing the server writes is passed on', async () => {
    expect(await verifyCredential({ ...common(), credential })).toEqual({ kind: 'verified', account: { id: `127.0.0.1:${inputs['port']}/shop`, name: 'reader@% at shop' } });
    const refused = await verifyCredential({ ...common(), credential: { type: 'BASIC_AUTH', username: 'other', password: new Secret('s3cret') } });
    expect(refused).toMatchObject({ kind: 'rejected', message: expect.stringContaining('does not accept the user') as string });
    expect(JSON.stringify(refused)).not.toContain('s3cret');
  });

  it('are not asked without TLS but where the operator has excepted it, and with it only by name', async () => {
    expect(await verifyCredential({ ...common(), inputs: { ...inputs, tls: 'required' }, credential })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('the host must be a name') as string });
    const closed = createEgress({ allow: [] });
    expect(await verifyCredential({ ...common(), egress: closed, credential })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('only where the operator has excepted') as string });
    await closed.close();
  });
});
