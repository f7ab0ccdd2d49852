import { Secret } from '@trunkline/contracts';
import { loadCatalog, parseConnector } from '@trunkline/catalog';
import { createEgress } from '@trunkline/egress';
import type { Egress } from '@trunkline/egress';
import { createTestDatabase, waitFor } from '@trunkline/testing';
import type { TestDatabase } from '@trunkline/testing';
import { discoverStreams, verifyCredential } from '../src/index.js';
import type { Credential, ReadStreamOptions } from '../src/index.js';
import { startTlsFront } from './support/postgres-tls.js';
import { afterJson, keysOf, pagesInterrupted, pagesOf } from './support/read-all.js';

const catalogued = loadCatalog().get('postgres');

describe('tables of PostgreSQL', () => {
  let database: TestDatabase;
  let egress: Egress;
  let inputs: Record<string, string>;
  let credential: Credential;

  beforeAll(async () => {
    database = await createTestDatabase();
    const url = new URL(database.url);
    const role = `reader_${url.pathname.slice(1)}`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 's3cret-db'`);
    await database.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
    await database.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${role}`);
    egress = createEgress({ allow: [`${url.hostname}:${url.port}`] });
    inputs = { host: url.hostname, port: url.port, database: url.pathname.slice(1), tls: 'off' };
    credential = { type: 'BASIC_AUTH', username: role, password: new Secret('s3cret-db') };
  });
  afterAll(async () => {
    await egress.close();
    const role = (credential as { username: string }).username;
    await database.query(`DROP OWNED BY ${role}`);
    await database.query(`DROP ROLE ${role}`);
    await database.drop();
  });

  const named = (fields: Record<string, unknown>) =>
    parseConnector({
      id: 'acme',
      definition: {
        name: 'connector.yaml',
        text: JSON.stringify({
          id: 'acme', name: 'Acme', category: 'custom', base_url: 'postgres://{{inputs.host}}:{{inputs.port}}', allowed_origins: ['postgres://{{inputs.host}}:{{inputs.port}}'],
          inputs: [{ name: 'host', title: 'Host', pattern: '^[0-9a-z.]+$' }, { name: 'port', title: 'Port', pattern: '^[0-9]+$' }, { name: 'database', title: 'Database' }, { name: 'tls', title: 'TLS' }],
          auth: { BASIC_AUTH: {} }, verification: { protocol: 'sql', host: '{{inputs.host}}', port: '{{inputs.port}}', database: '{{inputs.database}}', tls: '{{inputs.tls}}' }, rate_limit: { posture: 'None.' }, latency: 'None.',
        }),
      },
      streams: new Map([['rows', { name: 'streams/rows.yaml', text: JSON.stringify({ title: 'Rows', protocol: 'postgres', ...fields }) }]]),
    });
  const options = (more: Partial<ReadStreamOptions>): ReadStreamOptions => ({ egress, connector: catalogued, inputs, settings: {}, stream: 'rows', state: null, credential: async () => credential, ...more });
  const readAll = (more: Partial<ReadStreamOptions>) => pagesOf(options(more));
  const readInterrupted = (more: Partial<ReadStreamOptions>) => pagesInterrupted(options(more));

  it('are read with no digit, byte or microsecond lost', async () => {
    await database.query(`CREATE TABLE kinds (id bigint PRIMARY KEY, small int, ok boolean, price numeric(30,10), ratio float8, at timestamptz, local timestamp, day date, raw bytea, doc jsonb, tags text[], "odd ""name" text, nothing text)`);
    await database.query(`INSERT INTO kinds VALUES (9007199254740993, 7, true, 12345678901234567890.0123456789, 0.1, '2026-01-31 14:14:15.123456+01', '2026-01-31 13:14:15.5', '2026-01-31', '\\x00ff', '{"n": 9007199254740993}', '{a,"b c"}', 'quoted', NULL)`);
    const [page] = await readAll({ stream: 'kinds' });
    expect(page!.records).toEqual([
      {
        op: 'upsert',
        key: '9007199254740993',
        data: {
          id: '9007199254740993', small: 7, ok: true, price: '12345678901234567890.0123456789', ratio: 0.1, at: '2026-01-31T13:14:15.123456Z', local: '2026-01-31T13:14:15.5', day: '2026-01-31',
          raw: 'AP8=', doc: { n: '9007199254740993' }, tags: '{a,"b c"}', 'odd "name': 'quoted', nothing: null,
        },
      },
    ]);
    expect(page).toMatchObject({ done: true, full: true, complete: true });
  });

  it('lose no row of 500 with one moment, however often the reading is interrupted', async () => {
    await database.query(`CREATE TABLE ties (id int PRIMARY KEY, updated_at timestamptz NOT NULL)`);
    await database.query(`CREATE INDEX ON ties (updated_at)`);
    await database.query(`INSERT INTO ties SELECT i, '2026-01-01 00:00:00.123456Z' FROM generate_series(1, 500) i`);
    const all = Array.from({ length: 500 }, (_, index) => String(index + 1));
    const pages = await readInterrupted({ stream: 'ties', pageSize: 100 });
    expect(keysOf(pages)).toEqual(all);
    // The next pass brings the boundary's ties, and one that came with the very same moment.
    await database.query(`INSERT INTO ties VALUES (501, '2026-01-01 00:00:00.123456Z'), (502, '2025-12-31Z'), (503, now())`);
    const second = await readInterrupted({ stream: 'ties', pageSize: 100, state: afterJson(pages.at(-1)!.state) });
    expect(keysOf(second)).toEqual([...all, '501', '503']);
    expect(second.every(({ full, complete }) => !full && !complete)).toBe(true);
    const third = await readAll({ stream: 'ties', state: afterJson(second.at(-1)!.state) });
    expect(keysOf(third)).toEqual(['503']);
  });

  it('bring a row whose transaction was committed behind later ones', async () => {
    await database.query(`CREATE TABLE late_commits (id int PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now())`);
    await database.query(`CREATE INDEX ON late_commits (updated_at)`);
    await database.query(`INSERT INTO late_commits VALUES (1, now() - interval '1 hour')`);
    const slow = database.query('DO $$ BEGIN INSERT INTO late_commits VALUES (2); PERFORM pg_sleep(2); END $$');
    await waitFor(async () => (await database.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`)).length > 0, { what: 'the transaction to be under way' });
    await database.query('INSERT INTO late_commits VALUES (3)');
    const first = await readAll({ stream: 'late_commits' });
    expect(keysOf(first)).toEqual(['1', '3']);
    await slow;
    expect(keysOf(await readAll({ stream: 'late_commits', state: afterJson(first.at(-1)!.state) }))).toContain('2');
  });

  it('are paged by a key of several columns in the database\'s own order', async () => {
    await database.query(`CREATE TABLE pairs (a text, b int, PRIMARY KEY (a, b))`);
    await database.query(`INSERT INTO pairs SELECT chr(97 + i % 3) || CASE WHEN i % 2 = 0 THEN 'É' ELSE 'e' END, i FROM generate_series(1, 50) i`);
    const keys = keysOf(await readInterrupted({ stream: 'pairs', pageSize: 7 }));
    expect(new Set(keys).size).toBe(50);
    expect(keys).toHaveLength(50);
  });

  // The text of a value leads back to its place in the order, whatever the type.
  it.each<[string, string, string]>([
    ['numbers', 'bigint', '-9007199254740993, -1, 9, 10, 9007199254740993'],
    ['decimals', 'numeric', '-1.5, 9.0000000001, 10, 99999999999999999999999999999999999999999999'],
    ['days', 'date', `'0044-03-15 BC', '0999-12-31', '2026-01-31', '2026-02-01', 'infinity'`],
    ['moments', 'timestamptz', `'-infinity', '1970-01-01', '2026-01-31 10:00:00.000001Z', '2026-01-31 10:00:00.000002Z', '2026-10-25 01:30:00+02', 'infinity'`],
    ['times of a day', 'time', `'00:00', '09:00:00.000001', '09:00:00.000002', '24:00'`],
    ['spans', 'interval', `'-1 day', '1 second', '1 month 2 days', '1 year'`],
    ['texts in a language\'s order', 'text COLLATE "unicode"', `'', 'a', 'B', 'Éa', 'eb', 'z''\\"%_', '🎈'`],
    ['texts of one length', 'char(3)', `'', 'a', 'ab', 'abc'`],
    ['bytes', 'bytea', `'', '\\x00', '\\x0000', '\\x7f', '\\x80', '\\xff27'`],
    ['bits', 'bit varying', `B'', B'0', B'1', B'10', B'1000000000'`],
    ['doubles', 'float8', `'-infinity', -1.5, 0.1, 0.30000000000000004, 1e300, 'nan'`],
    ['floats', 'float4', '-1.5, 0.1, 0.2, 16777216, 1.2345678e20'],
    ['enumerations, in their own order', 'mood', `'z', 'm', 'a'`],
    ['UUIDs', 'uuid', `'00000000-0000-1000-8000-000000000000', '11111111-0000-1000-8000-000000000000', 'ffffffff-0000-4000-8000-000000000000'`],
    ['addresses', 'inet', `'10.0.0.1/8', '10.0.0.1', '::1', '2001:db8::1'`],
    ['lists', 'text[]', `'{}', '{a}', '{a,"b c"}', '{b}'`],
    ['truth', 'boolean', 'false, true'],
  ])('are paged by a key of %s', async (what, type, values) => {
    const table = `key_${what.replace(/\W+/g, '_').toLowerCase()}`;
    if (type === 'mood') await database.query(`CREATE TYPE mood AS ENUM ('z', 'm', 'a')`);
    await database.query(`CREATE TABLE ${table} (k ${type} NOT NULL, n int NOT NULL, PRIMARY KEY (k, n))`);
    for (const n of [1, 2]) for (const value of values.split(', ')) await database.query(`INSERT INTO ${table} VALUES (${value}, ${n})`);
    const expected = values.split(', ').length * 2;
    for (const pageSize of [1, 3]) {
      const keys = keysOf(await readInterrupted({ stream: table, pageSize }));
      expect([keys.length, new Set(keys).size]).toEqual([expected, expected]);
    }
  });

  it('are found: those with a primary key that the user may read, under names that can be streams\'', async () => {
    await database.query(`CREATE TABLE "Odd Name" (id int PRIMARY KEY, updated_at timestamptz)`);
    await database.query(`CREATE TABLE keyless (id int)`);
    await database.query(`CREATE TABLE hidden (id int PRIMARY KEY)`);
    await database.query(`REVOKE SELECT ON hidden FROM ${(credential as { username: string }).username}`);
    const found = await discoverStreams({ egress, connector: catalogued, inputs, settings: {}, credential });
    const names = found.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^odd_name_[0-9a-f]{8}$/), 'ties']));
    expect(names).not.toEqual(expect.arrayContaining(['keyless']));
    expect(names).not.toEqual(expect.arrayContaining(['hidden']));
    expect(found.find(({ name }) => name === 'ties')).toMatchObject({ incremental: true, title: 'ties' });
    // Without an index, or where it can be NULL, the column is no cursor.
    expect(found.find(({ title }) => title === 'Odd Name')).toMatchObject({ incremental: false });
    expect(await readAll({ stream: names.find((name) => name.startsWith('odd_name'))! })).toMatchObject([{ records: [], done: true }]);
    await expect(readAll({ stream: 'hidden' })).rejects.toMatchObject({ kind: 'rejected', message: 'PostgreSQL has no stream "hidden"' });
  });

  it('that cannot be read without leaving rows out are refused', async () => {
    await database.query(`CREATE TABLE loose (id int PRIMARY KEY, changed timestamptz, code text NOT NULL)`);
    for (const [fields, message] of [
      [{ table: 'loose', cursor_column: 'changed' }, 'can be NULL'],
      [{ table: 'loose', primary_key: ['code'] }, 'has no unique index on code'],
      [{ table: 'loose', cursor_column: 'nothing' }, 'has no column "nothing"'],
      [{ table: 'nowhere' }, 'has no table "nowhere"'],
      [{ table: 'loose"; DROP TABLE loose; --' }, 'has no table'],
    ] as const) {
      await expect(readAll({ connector: named(fields) })).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining(message) as string });
    }
    await expect(readAll({ connector: named({ table: 'loose' }) })).resolves.toHaveLength(1);
  });

  it('go back by the lookback, and carry the definition\'s members', async () => {
    await database.query(`CREATE TABLE late (id int PRIMARY KEY, changed timestamptz NOT NULL)`);
    await database.query(`INSERT INTO late VALUES (1, '2026-01-01Z'), (2, '2026-01-01 01:00Z')`);
    const connector = named({ table: 'late', cursor_column: 'changed', lookback_seconds: 3_600, add_fields: { from: '{{inputs.database}}' } });
    const first = await readAll({ connector });
    expect(first[0]!.records[0]!.data).toMatchObject({ from: inputs['database'] });
    await database.query(`INSERT INTO late VALUES (3, '2026-01-01 00:00:01Z'), (4, '2025-12-31Z')`);
    expect(keysOf(await readAll({ connector, state: afterJson(first.at(-1)!.state) }))).toEqual(['1', '3', '2']);
  });

  it('too large for one page are told of before they fill the memory', async () => {
    await database.query(`CREATE TABLE wide (id int PRIMARY KEY, text text)`);
    await database.query(`INSERT INTO wide SELECT i, repeat('x', 1000000) FROM generate_series(1, 60) i`);
    await expect(readAll({ stream: 'wide', maxPageBytes: 2_000_000 })).rejects.toMatchObject({ kind: 'malformed', message: expect.stringContaining('ask for smaller pages') as string });
    expect(keysOf(await readAll({ stream: 'wide', pageSize: 1, maxPageBytes: 2_000_000 }))).toHaveLength(60);
  });

  it('are read by somebody who cannot write, with a deadline for every page', async () => {
    await database.query(`CREATE FUNCTION slow(i int) RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN PERFORM pg_sleep(60); RETURN i; END'`);
    await database.query(`CREATE TABLE guarded (id int PRIMARY KEY)`);
    await database.query(`INSERT INTO guarded VALUES (1)`);
    await database.query(`ALTER TABLE guarded ENABLE ROW LEVEL SECURITY`);
    await database.query(`CREATE POLICY wait ON guarded USING (slow(id) = id)`);
    const begun = performance.now();
    await expect(readAll({ stream: 'guarded', timeoutMs: 500 })).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringContaining('57014') as string });
    expect(performance.now() - begun).toBeLessThan(15_000);
  });

  describe('signing in', () => {
    const verify = (more: { inputs?: Record<string, string>; credential?: Credential; egress?: Egress } = {}) =>
      verifyCredential({ egress: more.egress ?? egress, connector: catalogued, inputs: { ...inputs, ...more.inputs }, settings: {}, credential: more.credential ?? credential, timeoutMs: 5_000 });

    it('says who is there', async () => {
      const { username } = credential as { username: string };
      expect(await verify()).toEqual({ kind: 'verified', account: { id: `${inputs['host']}:${inputs['port']}/${inputs['database']}`, name: `${username} at ${inputs['database']}` } });
    });

    it('is done over TLS with a server whose certificate is of the authority that was given, and of that name', async () => {
      const front = await startTlsFront({ host: inputs['host']!, port: Number(inputs['port']) });
      const open = createEgress({ allow: [`127.0.0.1:${front.port}`, `localhost:${front.port}`] });
      const secure = (host: string, ca: string | undefined) => verify({ egress: open, inputs: { host, port: String(front.port), tls: 'required', ...(ca !== undefined && { ca_certificate: ca }) } });
      expect(await secure('localhost', front.caPem)).toMatchObject({ kind: 'verified', account: { id: `localhost:${front.port}/${inputs['database']}` } });
      expect(await secure('localhost', undefined)).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('TLS was not possible') as string });
      expect(await secure('127.0.0.1', front.caPem)).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('TLS was not possible') as string });
      await open.close();
      await front.close();
    });

    it.each<[string, Parameters<typeof verify>[0], string]>([
      ['a wrong password', { credential: { type: 'BASIC_AUTH', username: 'nobody', password: new Secret('s3cret-no') } }, 'does not accept the user'],
      ['another kind of credential', { credential: { type: 'SECRET_TEXT', secretText: new Secret('s3cret') } }, 'SECRET_TEXT'],
      ['a database that is not there', { inputs: { database: 'nowhere' } }, '3D000'],
    ])('is rejected with %s', async (_, more, message) => {
      const outcome = await verify(more);
      expect(outcome).toMatchObject({ kind: 'rejected', message: expect.stringContaining(message) as string });
      expect(JSON.stringify(outcome)).not.toContain('s3cret');
    });

    it('sends no password without TLS, but where the operator has excepted the very host and port', async () => {
      // The test's server has no TLS: with it required nothing is sent.
      expect(await verify({ inputs: { tls: 'required' } })).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('TLS was not possible') as string });
      const closed = createEgress({ allow: [] });
      expect(await verify({ egress: closed })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('only where the operator has excepted') as string });
      expect(await verify({ egress: closed, inputs: { tls: 'required' } })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('not let out') as string });
      await closed.close();
    });
  });
});
