import { loadCatalog } from '@trunkline/catalog';
import { Secret } from '@trunkline/contracts';
import type { WriteTarget } from '@trunkline/contracts';
import { createEgress } from '@trunkline/egress';
import type { Egress } from '@trunkline/egress';
import { createTestDatabase } from '@trunkline/testing';
import type { TestDatabase } from '@trunkline/testing';
import { openWriter } from '../src/index.js';
import type { Credential, WriterOptions } from '../src/index.js';
import { batchOf, gone, upsert } from './support/write.js';

const connector = loadCatalog().get('postgres');

describe('writing into tables of PostgreSQL', () => {
  let database: TestDatabase;
  let egress: Egress;
  let inputs: Record<string, string>;
  let credential: Credential;

  beforeAll(async () => {
    database = await createTestDatabase();
    const url = new URL(database.url);
    const role = `writer_${url.pathname.slice(1)}`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 's3cret-db'`);
    await database.query(`CREATE SCHEMA "Odd ""schema" AUTHORIZATION ${role}`);
    await database.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${role}`);
    egress = createEgress({ allow: [`${url.hostname}:${url.port}`] });
    inputs = { host: url.hostname, port: url.port, database: url.pathname.slice(1), tls: 'off' };
    credential = { type: 'BASIC_AUTH', username: role, password: new Secret('s3cret-db') };
  });
  afterAll(async () => {
    await egress.close();
    const role = (credential as { username: string }).username;
    await database.query(`DROP OWNED BY ${role} CASCADE`);
    await database.query(`DROP ROLE ${role}`);
    await database.drop();
  });

  const open = (target: Partial<Extract<WriteTarget, { kind: 'table' }>>, more: Partial<WriterOptions> = {}) =>
    openWriter({ egress, connector, inputs, settings: {}, target: { kind: 'table', table: 'contacts', columns: {}, create: true, ...target }, stream: 'contacts', flowId: 'flow_1', credential: async () => credential, renew: async () => false, signal: new AbortController().signal, ...more });
  /** Grants are the owner's; the tests look with the superuser. */
  const rowsOf = (table: string, columns = '*') => database.query<Record<string, unknown>>(`SELECT ${columns} FROM ${table} ORDER BY "_key"`);

  it('makes the table, and keeps the newest version of each key whatever comes twice or late', async () => {
    const writer = open({ table: 'made', columns: { 'e "mail': 'email.work', score: 'score', tags: 'tags' } });
    const first = batchOf([upsert('a', 10, { email: { work: 'a@x' }, score: 1.5, tags: ['t', 'ü'] }), upsert('b', 11, { score: null }), upsert('a', 12, { email: { work: 'a2@x' }, score: true })]);
    expect(await writer.write(first)).toEqual([]);
    await writer.write(first);
    await writer.write(batchOf([upsert('a', 9, { email: { work: 'late' } }), gone('b', 5)]));
    await writer.close();
    expect(await rowsOf('made')).toEqual([
      { _key: 'a', _version: '12', _deleted: false, data: { email: { work: 'a2@x' }, score: true }, 'e "mail': 'a2@x', score: 'true', tags: null },
      { _key: 'b', _version: '11', _deleted: false, data: { score: null }, 'e "mail': null, score: null, tags: null },
    ]);
  });

  it('marks what was deleted and keeps what it was, and an older version does not bring it back', async () => {
    const writer = open({ table: 'deleted', columns: { name: 'name' } });
    await writer.write(batchOf([upsert('a', 1, { name: 'Anna' })]));
    await writer.write(batchOf([gone('a', 5), gone('never', 6)]));
    await writer.write(batchOf([upsert('a', 4, { name: 'Old' }), upsert('never', 3, { name: 'Old' })]));
    expect(await rowsOf('deleted')).toEqual([
      { _key: 'a', _version: '5', _deleted: true, data: { name: 'Anna' }, name: 'Anna' },
      { _key: 'never', _version: '6', _deleted: true, data: null, name: null },
    ]);
    await writer.write(batchOf([upsert('a', 7, { name: 'Anna' })]));
    await writer.close();
    expect(await rowsOf('deleted', '_deleted')).toEqual([{ _deleted: false }, { _deleted: true }]);
  });

  it('puts values into the columns of a table that is there, and puts aside what it does not take', async () => {
    await database.query(`CREATE TABLE "Odd ""schema"."Odd ""table" ("_key" varchar(64) UNIQUE, "_version" bigint, "_deleted" boolean, data jsonb, id serial PRIMARY KEY, amount numeric(10,2) CHECK (amount >= 0), at timestamptz, short varchar(3), extra jsonb)`);
    await database.query(`GRANT ALL ON ALL TABLES IN SCHEMA "Odd ""schema" TO ${(credential as { username: string }).username}`);
    await database.query(`GRANT ALL ON ALL SEQUENCES IN SCHEMA "Odd ""schema" TO ${(credential as { username: string }).username}`);
    const writer = open({ schema: 'Odd "schema', table: 'Odd "table', create: false, columns: { amount: 'amount', at: 'at', short: 'short', extra: 'extra' } });
    const good = (key: string, version: number) => upsert(key, version, { amount: '12.345', at: '2026-01-31T14:14:15.123456+01:00', short: 'abc', extra: { n: [1] } });
    const untaken = await writer.write(batchOf([good('a', 1), upsert('b', 2, { amount: 'much' }), upsert('c', 3, { amount: -1 }), upsert('d', 4, { short: 'long' }), upsert('e', 5, { note: 'nul \u0000' }), good('f', 6), upsert('g'.repeat(65), 7, {})]));
    await writer.close();
    expect(untaken.map(({ index }) => index).sort()).toEqual([1, 2, 3, 4, 6]);
    expect(untaken.find(({ index }) => index === 1)?.reason).toBe('the table does not take it (SQLSTATE 22P02)');
    expect(await rowsOf('"Odd ""schema"."Odd ""table"', `"_key", amount, at AT TIME ZONE 'UTC' AS at, short, extra`)).toMatchObject([
      { _key: 'a', amount: '12.35', short: 'abc', extra: { n: [1] } },
      { _key: 'f', amount: '12.35' },
    ]);
  });

  it('writes a batch whole or not at all', async () => {
    const writer = open({ table: 'whole' });
    await writer.write(batchOf([upsert('a', 1)]));
    await database.query('CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW._key = \'z\' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$');
    await database.query('ALTER FUNCTION break_off() SECURITY DEFINER');
    await database.query('CREATE TRIGGER breaks BEFORE INSERT ON whole FOR EACH ROW EXECUTE FUNCTION break_off()');
    await expect(writer.write(batchOf([upsert('b', 2), upsert('z', 3)]))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await rowsOf('whole', '_key')).toEqual([{ _key: 'a' }]);
    await database.query('DROP TRIGGER breaks ON whole');
    // The same writer goes on over another connection.
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
    expect(await database.query('SELECT count(*)::int AS rows, min(_version)::int AS oldest FROM two_writers')).toEqual([{ rows: 300, oldest: 9 }]);
  });

  it('says what a table lacks, and passes nothing on that the server writes', async () => {
    await database.query('CREATE TABLE plain (id int)');
    await database.query('CREATE TABLE unkeyed ("_key" text, "_version" bigint, "_deleted" boolean, data jsonb)');
    await database.query(`CREATE TABLE closed ("_key" text PRIMARY KEY, "_version" bigint, "_deleted" boolean, data jsonb)`);
    const write = (target: Parameters<typeof open>[0], more: Partial<WriterOptions> = {}) => {
      const writer = open(target, more);
      return writer.write(batchOf([upsert('a', 1)])).finally(() => writer.close());
    };
    await expect(write({ table: 'nowhere', create: false })).rejects.toMatchObject({ kind: 'rejected', message: 'PostgreSQL: the table "nowhere" is not there, or the user may not see it' });
    await expect(write({ table: 'plain' })).rejects.toThrow('lacks the columns _key, _version, _deleted, data');
    await expect(write({ table: 'unkeyed' })).rejects.toThrow('has no unique index of "_key" alone');
    await expect(write({ table: 'closed' })).rejects.toMatchObject({ kind: 'forbidden' });
    const wrong: Credential = { type: 'BASIC_AUTH', username: 'nobody', password: new Secret('s3cret-wrong') };
    await expect(write({}, { credential: async () => wrong })).rejects.toMatchObject({ kind: 'unauthorized', message: expect.not.stringContaining('nobody') as string });
    await expect(write({}, { egress: createEgress({ allow: [] }) })).rejects.toThrow('only where the operator has excepted');
    expect(() => open({ columns: { _Version: 'x' } })).toThrow('written anyway');
  });
});
