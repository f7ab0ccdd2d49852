import { Secret } from '@trunkline/contracts';
import { loadCatalog } from '@trunkline/catalog';
import { createEgress } from '@trunkline/egress';
import { discoverStreams, verifyCredential } from '../src/index.js';
import type { Credential, ReadStreamOptions } from '../src/index.js';
import { startShop, type Shop } from './support/mariadb.js';
import { afterJson, keysOf, pagesInterrupted, pagesOf } from './support/read-all.js';

const connector = loadCatalog().get('mysql');

/** With a MariaDB, which speaks MySQL's protocol. */
describe('tables of MySQL', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop('SELECT');
  }, 120_000);
  afterAll(() => shop?.close());

  const options = (more: Partial<ReadStreamOptions>): ReadStreamOptions => ({ egress: shop.egress, connector, inputs: shop.inputs, settings: {}, stream: 'rows', state: null, credential: async () => shop.credential, ...more });
  const readAll = (more: Partial<ReadStreamOptions>) => pagesOf(options(more));
  const readInterrupted = (more: Partial<ReadStreamOptions>) => pagesInterrupted(options(more));

  it('are read with no digit, byte or microsecond lost', async () => {
    await shop.query(`CREATE TABLE kinds (
      id bigint unsigned PRIMARY KEY, small int, ok tinyint(1), price decimal(40,10), ratio double, at timestamp(6) NULL, local datetime(1), day date, clock time(3), born year, raw varbinary(8), bits bit(10),
      doc json, kind enum('a','b'), tags set('x','y'), \`odd \`\`name\` varchar(20), nothing text)`);
    await shop.query(`SET time_zone = '+01:00'; INSERT INTO kinds VALUES (18446744073709551615, -7, true, 123456789012345678901234567890.0123456789, 0.1, '2026-01-31 14:14:15.123456', '2026-01-31 13:14:15.5', '2026-01-31', '-12:00:01.5', 2026, X'00FF', b'1000000001', '{"n": 9007199254740993}', 'b', 'x,y', 'Grüße 🎈', NULL)`);
    const [page] = await readAll({ stream: 'kinds' });
    // What MariaDB calls JSON is a text; MySQL's own type becomes its members.
    expect(page!.records).toEqual([
      {
        op: 'upsert',
        key: '18446744073709551615',
        data: {
          id: '18446744073709551615', small: -7, ok: 1, price: '123456789012345678901234567890.0123456789', ratio: 0.1, at: '2026-01-31T13:14:15.123456Z', local: '2026-01-31T13:14:15.5', day: '2026-01-31', clock: '-12:00:01.500', born: 2026,
          raw: 'AP8=', bits: 513, doc: '{"n": 9007199254740993}', kind: 'b', tags: 'x,y', 'odd `name': 'Grüße 🎈', nothing: null,
        },
      },
    ]);
    expect(page).toMatchObject({ done: true, full: true, complete: true });
  });

  it('lose no row of 500 with one moment, however often the reading is interrupted', async () => {
    await shop.query(`CREATE TABLE ties (id int PRIMARY KEY, updated_at datetime(6) NOT NULL, INDEX (updated_at)); INSERT INTO ties SELECT seq, '2026-01-01 00:00:00.123456' FROM seq_1_to_500`);
    const all = Array.from({ length: 500 }, (_, index) => String(index + 1));
    const pages = await readInterrupted({ stream: 'ties', pageSize: 100 });
    expect(keysOf(pages)).toEqual(all);
    // The next pass brings the boundary's ties, and one that came with the very same moment.
    await shop.query(`INSERT INTO ties VALUES (501, '2026-01-01 00:00:00.123456'), (502, '2025-12-31'), (503, UTC_TIMESTAMP(6))`);
    const second = await readInterrupted({ stream: 'ties', pageSize: 100, state: afterJson(pages.at(-1)!.state) });
    expect(keysOf(second)).toEqual([...all, '501', '503']);
    expect(second.every(({ full, complete }) => !full && !complete)).toBe(true);
    expect(keysOf(await readAll({ stream: 'ties', state: afterJson(second.at(-1)!.state) }))).toEqual(['503']);
  });

  // Each type is compared as what it is, not as its text: 9 comes before 10, and -1 before both.
  it.each<[string, string, string]>([
    ['numbers', 'bigint', '-9007199254740993, -1, 9, 10, 9007199254740993'],
    ['whole numbers without a sign', 'bigint unsigned', '9, 10, 9223372036854775808, 18446744073709551615'],
    ['decimals', 'decimal(30,10)', '-1.5, 9.0000000001, 10, 12345678901234567890.0123456789'],
    ['decimals of forty digits', 'decimal(40,0)', '-1, 1, 9999999999999999999999999999999999999998, 9999999999999999999999999999999999999999'],
    ['days', 'date', `'0000-00-00', '0999-12-31', '2026-01-31', '2026-02-01', '9999-12-31'`],
    ['moments', 'datetime(6)', `'1970-01-01', '2026-01-31 10:00:00.000001', '2026-01-31 10:00:00.000002', '2026-01-31 10:00:00.1'`],
    ['moments with a zone', 'timestamp(6)', `'1970-01-02', '2026-03-29 00:59:59.999999', '2026-03-29 01:00:00', '2026-10-25 01:30:00'`],
    ['times of a day, and spans', 'time(3)', `'-12:00:01.5', '-01:00', '00:00', '09:00', '100:00'`],
    ['years', 'year', '1999, 2000, 2026, 2155'],
    ['texts without regard to case', 'varchar(20) COLLATE utf8mb4_unicode_ci', `'', 'a', 'B', 'Éa', 'eb', 'z''\\\\"%_', '🎈'`],
    ['texts as bytes', 'varchar(20) COLLATE utf8mb4_bin', `'', 'A', 'B', 'a', 'b ', 'É'`],
    ['bytes', 'varbinary(4)', `X'', X'00', X'0000', X'7F', X'80', X'FF27'`],
    ['bytes of one length', 'binary(3)', `X'000000', X'000001', X'FF5C00'`],
    ['bits', 'bit(10)', `b'0', b'1', b'11', b'1000000000'`],
    ['doubles', 'double', '-1.5, 0.1, 0.30000000000000004, 1e300'],
    ['floats', 'float', '-1.5, 0.1, 0.2, 16777216, 1.2345678e20'],
    ['enumerations, in their own order', `enum('z','m','a')`, `'z', 'm', 'a'`],
    ['sets', `set('z','m','a')`, `'', 'z', 'm', 'z,a'`],
    ['UUIDs', 'uuid', `'00000000-0000-1000-8000-000000000000', '11111111-0000-1000-8000-000000000000', 'ffffffff-0000-4000-8000-000000000000'`],
    ['addresses', 'inet6', `'::1', '2001:db8::1'`],
  ])('are paged by a key of %s', async (what, type, values) => {
    const table = `key_${what.replace(/\W+/g, '_').toLowerCase()}`;
    await shop.query(`SET time_zone = '+00:00'; CREATE TABLE \`${table}\` (k ${type} NOT NULL, n int NOT NULL, PRIMARY KEY (k, n))`);
    for (const n of [1, 2]) for (const value of values.split(', ')) await shop.query(`INSERT INTO \`${table}\` VALUES (${value}, ${n})`);
    const expected = values.split(', ').length * 2;
    for (const pageSize of [1, 3]) {
      const keys = keysOf(await readInterrupted({ stream: table, pageSize }));
      expect([keys.length, new Set(keys).size]).toEqual([expected, expected]);
    }
  });

  it('are found: those with a primary key that the user may read, under names that can be streams\'', async () => {
    await shop.query('CREATE TABLE `Odd Name` (id int PRIMARY KEY, updated_at datetime NULL, INDEX (updated_at)); CREATE TABLE keyless (id int); CREATE TABLE partly (code varchar(300) NOT NULL, UNIQUE (code(10))); CREATE VIEW seen AS SELECT 1 AS id; CREATE DATABASE other; CREATE TABLE other.hidden (id int PRIMARY KEY)');
    const found = await discoverStreams({ egress: shop.egress, connector, inputs: shop.inputs, settings: {}, credential: shop.credential });
    const names = found.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^odd_name_[0-9a-f]{8}$/), 'ties']));
    for (const none of ['keyless', 'partly', 'seen', 'hidden']) expect(names).not.toContain(none);
    expect(found.find(({ name }) => name === 'ties')).toMatchObject({ incremental: true });
    // Where it can be NULL the column is no cursor.
    expect(found.find(({ title }) => title === 'Odd Name')).toMatchObject({ incremental: false });
    expect(await readAll({ stream: names.find((name) => name.startsWith('odd_name'))! })).toMatchObject([{ records: [], done: true }]);
    await expect(readAll({ stream: 'hidden' })).rejects.toMatchObject({ kind: 'rejected', message: 'MySQL has no stream "hidden"' });
  });

  it('too large for one page are told of before they fill the memory', async () => {
    await shop.query(`CREATE TABLE wide (id int PRIMARY KEY, text longtext); INSERT INTO wide SELECT seq, REPEAT('x', 1000000) FROM seq_1_to_60`);
    await expect(readAll({ stream: 'wide', maxPageBytes: 2_000_000 })).rejects.toMatchObject({ kind: 'malformed', message: expect.stringContaining('ask for smaller pages') as string });
    expect(keysOf(await readAll({ stream: 'wide', pageSize: 1, maxPageBytes: 2_000_000 }))).toHaveLength(60);
  });

  it('are read with a deadline for every page, and in transactions that cannot write', async () => {
    await shop.query(`CREATE TABLE locked (id int PRIMARY KEY); INSERT INTO locked VALUES (1)`);
    await shop.query('LOCK TABLES locked WRITE');
    const begun = performance.now();
    await expect(readAll({ stream: 'locked', timeoutMs: 500 })).rejects.toMatchObject({ kind: 'unavailable' });
    expect(performance.now() - begun).toBeLessThan(15_000);
    await shop.query('UNLOCK TABLES');
    await shop.query('SET GLOBAL general_log = ON; SET GLOBAL log_output = \'TABLE\'');
    expect(keysOf(await readAll({ stream: 'locked' }))).toEqual(['1']);
    await shop.query('SET GLOBAL general_log = OFF');
    const said = await shop.query<{ argument: string }>(`SELECT CONVERT(argument USING utf8mb4) AS argument FROM mysql.general_log WHERE user_host LIKE 'somebody%' AND command_type = 'Query' ORDER BY event_time`);
    const statements = said.map(({ argument }) => argument.trim()).filter((text) => !/^SET SESSION /.test(text));
    expect(statements.length).toBeGreaterThan(5);
    expect(statements.map((text, place) => (place % 3 === 0 ? text : text.split(/\s/)[0]))).toEqual(statements.map((_, place) => ['START TRANSACTION READ ONLY', 'SELECT', 'COMMIT'][place % 3]));
  });

  describe('signing in', () => {
    const verify = (more: { inputs?: Record<string, string>; credential?: Credential; egress?: Shop['egress'] } = {}) =>
      verifyCredential({ egress: more.egress ?? shop.egress, connector, inputs: { ...shop.inputs, ...more.inputs }, settings: {}, credential: more.credential ?? shop.credential, timeoutMs: 5_000 });
    const account = () => ({ id: `127.0.0.1:${shop.inputs['port']}/shop`, name: 'somebody@% at shop' });

    it('says who is there', async () => {
      expect(await verify()).toEqual({ kind: 'verified', account: account() });
    });

    it('is done over TLS with a server whose certificate is of the authority that was given, and with no other', async () => {
      const inputs = { host: 'localhost', tls: 'required' };
      expect(await verify({ inputs: { ...inputs, ca_certificate: shop.caPem } })).toEqual({ kind: 'verified', account: { ...account(), id: `localhost:${shop.inputs['port']}/shop` } });
      expect(await verify({ inputs })).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('TLS was not possible') as string });
      expect(await verify({ inputs: { tls: 'required', ca_certificate: shop.caPem } })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('the host must be a name') as string });
    });

    it.each<[string, Parameters<typeof verify>[0], string]>([
      ['a wrong password', { credential: { type: 'BASIC_AUTH', username: 'somebody', password: new Secret('s3cret-no') } }, 'does not accept the user'],
      ['another kind of credential', { credential: { type: 'SECRET_TEXT', secretText: new Secret('s3cret') } }, 'SECRET_TEXT'],
      ['a database that the user may not see', { inputs: { database: 'nowhere' } }, 'does not accept the user'],
    ])('is rejected with %s', async (_, more, message) => {
      const outcome = await verify(more);
      expect(outcome).toMatchObject({ kind: 'rejected', message: expect.stringContaining(message) as string });
      expect(JSON.stringify(outcome)).not.toContain('s3cret');
    });

    it('sends no password without TLS, but where the operator has excepted the very host and port', async () => {
      const closed = createEgress({ allow: [] });
      expect(await verify({ egress: closed })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('only where the operator has excepted') as string });
      expect(await verify({ egress: closed, inputs: { host: 'localhost', tls: 'required' } })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('not let out') as string });
      await closed.close();
    });
  });
});
