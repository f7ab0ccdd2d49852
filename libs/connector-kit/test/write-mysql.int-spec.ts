import { loadCatalog } from '@trunkline/catalog';
import { Secret } from '@trunkline/contracts';
import type { WriteTarget } from '@trunkline/contracts';
import { createEgress } from '@trunkline/egress';
import { openWriter } from '../src/index.js';
import type { Credential, WriterOptions } from '../src/index.js';
import { startShop, type Shop } from './support/mariadb.js';
import { batchOf, gone, upsert } from './support/write.js';

const connector = loadCatalog().get('mysql');

/** With a MariaDB, which speaks MySQL's protocol. */
describe('writing into tables of MySQL', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop('SELECT, INSERT, UPDATE, CREATE, ALTER');
  }, 120_000);
  afterAll(() => shop?.close());

  const open = (target: Partial<Extract<WriteTarget, { kind: 'table' }>>, more: Partial<WriterOptions> = {}) =>
    openWriter({ egress: shop.egress, connector, inputs: shop.inputs, settings: {}, target: { kind: 'table', table: 'contacts', columns: {}, create: true, ...target }, stream: 'contacts', flowId: 'flow_1', credential: async () => shop.credential, renew: async () => false, signal: new AbortController().signal, ...more });
  const rowsOf = (table: string, columns = '*') => shop.query(`SELECT ${columns} FROM ${table} ORDER BY _key`);

  it('makes the table, and later the columns it lacks; of each key the newest is kept', async () => {
    const writer = open({ columns: { mail: 'mail', ok: 'ok' } });
    const awkward = `b'\\"%_\n🎈`;
    expect(await writer.write(batchOf([upsert('a', 1, { mail: 'old' }), upsert(awkward, 2, { mail: awkward, ok: true }), upsert('a', 3, { mail: 'new', n: '9007199254740993' })]))).toEqual([]);
    await writer.close();
    const wider = open({ columns: { mail: 'mail', score: 'score.value' } });
    expect(await wider.write(batchOf([upsert('A', 4, { score: { value: 1.5 } }), upsert('a', 2, { mail: 'late' })]))).toEqual([]);
    await wider.close();
    expect(await rowsOf('contacts')).toEqual([
      { _key: 'A', _version: '4', _deleted: 0, data: {"score":{"value":1.5}}, mail: null, ok: null, score: '1.5' },
      { _key: 'a', _version: '3', _deleted: 0, data: {"mail":"new","n":"9007199254740993"}, mail: 'new', ok: null, score: null },
      { _key: awkward, _version: '2', _deleted: 0, data: { mail: awkward, ok: true }, mail: awkward, ok: 'true', score: null },
    ]);
  });

  it('marks what was deleted and keeps what it was, and an older version does not bring it back', async () => {
    const writer = open({ table: 'deleted', columns: { name: 'name' } });
    await writer.write(batchOf([upsert('a', 1, { name: 'Anna' })]));
    await writer.write(batchOf([gone('a', 5), gone('never', 6)]));
    await writer.write(batchOf([upsert('a', 4, { name: 'Old' }), upsert('never', 3, { name: 'Old' })]));
    expect(await rowsOf('deleted')).toEqual([
      { _key: 'a', _version: '5', _deleted: 1, data: {"name":"Anna"}, name: 'Anna' },
      { _key: 'never', _version: '6', _deleted: 1, data: null, name: null },
    ]);
    await writer.write(batchOf([upsert('a', 7, { name: 'Anna' })]));
    await writer.close();
    expect(await rowsOf('deleted', '_deleted')).toEqual([{ _deleted: 0 }, { _deleted: 1 }]);
  });

  it('puts values into the columns of a table that is there, and puts aside what it does not take', async () => {
    await shop.query('CREATE TABLE `Odd ``table` (`_key` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin UNIQUE, `_version` bigint, `_deleted` boolean, data json, id int AUTO_INCREMENT PRIMARY KEY, amount decimal(10,2) CHECK (amount >= 0), at datetime(6), day date, ok boolean, short varchar(3))');
    const writer = open({ table: 'Odd `table', create: false, columns: { amount: 'amount', at: 'at', day: 'day', ok: 'ok', short: 'short' } });
    const good = (key: string, version: number) => upsert(key, version, { amount: '12.34', at: '2026-01-31T14:14:15.123456+01:00', day: '2026-01-31', ok: true, short: 'abc' });
    const untaken = await writer.write(batchOf([
      good('a', 1), upsert('b', 2, { amount: 'much' }), upsert('c', 3, { amount: -1 }), upsert('d', 4, { short: 'long' }), upsert('e', 5, { at: '2026-02-30T00:00:00Z' }), good('f', 6),
      upsert('g'.repeat(65), 7), upsert('h ', 8), upsert('i', 9, { amount: 123456789012 }), upsert('j'.repeat(769), 10),
    ]));
    await writer.close();
    expect(untaken.map(({ index }) => index).sort()).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
    expect(untaken.find(({ index }) => index === 3)?.reason).toBe('the table does not take it (error 1406)');
    expect(untaken.find(({ index }) => index === 7)?.reason).toBe('its key ends with a space, which MySQL does not tell from the key without');
    expect(await rowsOf('`Odd ``table`', '_key, amount, at, day, ok, short')).toEqual(
      ['a', 'f'].map((_key) => ({ _key, amount: '12.34', at: '2026-01-31 13:14:15.123000', day: '2026-01-31', ok: 1, short: 'abc' })),
    );
  });

  it('writes a batch whole or not at all, and the same writer goes on over another connection', async () => {
    const writer = open({ table: 'whole' });
    await writer.write(batchOf([upsert('a', 1)]));
    await shop.query(`CREATE PROCEDURE break_off() SQL SECURITY DEFINER BEGIN DECLARE mine bigint DEFAULT CONNECTION_ID(); KILL mine; END; CREATE TRIGGER breaks BEFORE INSERT ON whole FOR EACH ROW BEGIN IF NEW._key = 'z' THEN CALL break_off(); END IF; END`);
    await expect(writer.write(batchOf([upsert('b', 2), upsert('z', 3)]))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await rowsOf('whole', '_key')).toEqual([{ _key: 'a' }]);
    await shop.query('DROP TRIGGER breaks');
    await writer.write(batchOf([upsert('b', 2), upsert('z', 3)]));
    await writer.close();
    expect(await rowsOf('whole', '_key')).toEqual([{ _key: 'a' }, { _key: 'b' }, { _key: 'z' }]);
  });

  it('lets two writers make one table and write the same keys at the same time', async () => {
    const records = (version: number, reversed: boolean) => {
      const all = Array.from({ length: 300 }, (_, index) => upsert(`k${String(index).padStart(3, '0')}`, version, { version }));
      return reversed ? all.reverse() : all;
    };
    const [left, right] = [open({ table: 'two_writers', columns: { version: 'version' } }), open({ table: 'two_writers', columns: { version: 'version' } })];
    const writeAll = async (writer: typeof left, odd: number) => {
      for (const round of [1, 2, 3, 4]) await writer.write(batchOf(records(round * 2 + odd, odd === 1)));
    };
    await Promise.all([writeAll(left, 0), writeAll(right, 1)]);
    await Promise.all([left.close(), right.close()]);
    expect(await shop.query('SELECT COUNT(*) AS row_count, MIN(_version) AS oldest, MIN(version) AS least FROM two_writers')).toEqual([{ row_count: '300', oldest: '9', least: '9' }]);
  });

  it('says what a table lacks, and passes nothing on that the server writes', async () => {
    const own = '`_key` varchar(64) COLLATE utf8mb4_bin, `_version` bigint, `_deleted` boolean, data json';
    await shop.query(`CREATE TABLE plain (id int); CREATE TABLE unkeyed (${own}); CREATE TABLE cased (${own.replace('_bin', '_unicode_ci')}, PRIMARY KEY (_key)); CREATE TABLE twice (${own}, mail varchar(20), PRIMARY KEY (_key), UNIQUE mails (mail))`);
    await shop.query(`CREATE USER looker@'%' IDENTIFIED BY 's3cret-db'; GRANT SELECT ON shop.* TO looker@'%'; CREATE TABLE closed (${own}, PRIMARY KEY (_key))`);
    const write = (target: Parameters<typeof open>[0], more: Partial<WriterOptions> = {}) => {
      const writer = open(target, more);
      return writer.write(batchOf([upsert('a', 1)])).finally(() => writer.close());
    };
    await expect(write({ table: 'nowhere', create: false })).rejects.toMatchObject({ kind: 'rejected', message: 'MySQL: the table "nowhere" is not there, or the user may not see it' });
    await expect(write({ table: 'plain', create: false })).rejects.toThrow('lacks the columns _key, _version, _deleted, data');
    await expect(write({ table: 'unkeyed' })).rejects.toThrow('has no unique index of "_key" alone');
    await expect(write({ table: 'cased' })).rejects.toThrow('differ in case');
    await expect(write({ table: 'twice' })).rejects.toThrow('another unique index (mail)');
    const signedInAs = (username: string, password: string): Partial<WriterOptions> => ({ credential: async (): Promise<Credential> => ({ type: 'BASIC_AUTH', username, password: new Secret(password) }) });
    await expect(write({ table: 'closed' }, signedInAs('looker', 's3cret-db'))).rejects.toMatchObject({ kind: 'forbidden', message: expect.not.stringContaining('looker') as string });
    await expect(write({}, signedInAs('nobody', 's3cret-wrong'))).rejects.toMatchObject({ kind: 'unauthorized', message: expect.not.stringContaining('nobody') as string });
    await expect(write({}, { egress: createEgress({ allow: [] }) })).rejects.toThrow('only where the operator has excepted');
    expect(() => open({ columns: { _Version: 'x' } })).toThrow('written anyway');
  });
});
