import { newId } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { remove, upsert, World } from './world.js';

describe('the view of a stream', () => {
  let world: World;
  const fixed = { project_id: 'text', connection_id: 'text', key: 'text', version: 'bigint', run_id: 'text', updated_at: 'timestamp with time zone', data: 'jsonb' };

  beforeAll(async () => {
    world = await World.create();
    const environment = { TRUNKLINE_SINK_TIDY_SECONDS: '1', TRUNKLINE_SINK_VIEW_COLUMNS: '12' };
    await Promise.all([world.start(environment), world.start(environment)]);
  });
  afterAll(() => world?.close());

  it('has a typed column for each field, and shows the rows of all projects', async () => {
    const [mine, theirs] = [newId('connection'), newId('connection')];
    await world.publish(mine, [upsert('1', 1, { name: 'Ada', score: 1.5, open: true, at: '2024-02-29T10:00:00.5+02:00', tags: ['a'], nothing: null })], { stream: 'people' });
    await world.publish(theirs, [upsert('1', 1, { name: "O'Brien" }), upsert('2', 2, { name: 'gone' })], { stream: 'people', projectId: 'proj_other' });
    await world.settled();
    await world.publish(theirs, [remove('2', 3)], { stream: 'people', projectId: 'proj_other' });
    await world.settled();
    expect(await world.columns('sandbox_crm_people')).toEqual({ ...fixed, name: 'text', score: 'numeric', open: 'boolean', at: 'timestamp with time zone', tags: 'jsonb' });
    expect(await world.database.query(`SELECT project_id, name, score, open, at, tags FROM analytics.sandbox_crm_people ORDER BY name`)).toEqual([
      { project_id: world.projectId, name: 'Ada', score: '1.5', open: true, at: new Date('2024-02-29T08:00:00.5Z'), tags: ['a'] },
      { project_id: 'proj_other', name: "O'Brien", score: null, open: null, at: null, tags: null },
    ]);
  });

  it('widens where types meet, loses nothing, keeps the names and the grants', async () => {
    const connection = newId('connection');
    const stream = 'mixed';
    await world.publish(connection, [upsert('1', 1, { a: 1, b: 'x', at: '2024-01-01T00:00:00Z', yes: true, id: 12345678901234567890n.toString() })], { stream });
    await world.settled();
    await world.database.query('CREATE ROLE ' + `reader_${world.projectId}`);
    await world.database.query(`GRANT SELECT ON analytics.sandbox_crm_mixed TO reader_${world.projectId}`);
    await world.publish(connection, [upsert('2', 2, { a: 'one', b: { deep: 1 }, at: 'yesterday', yes: 0, id: 7, further: 'é' })], { stream });
    await world.settled();
    expect(await world.columns('sandbox_crm_mixed')).toEqual({ ...fixed, a: 'text', b: 'jsonb', at: 'text', yes: 'text', id: 'text', further: 'text' });
    expect(await world.database.query('SELECT a, b, at, yes, id, further FROM analytics.sandbox_crm_mixed ORDER BY key')).toEqual([
      { a: '1', b: 'x', at: '2024-01-01T00:00:00Z', yes: 'true', id: '12345678901234567890', further: null },
      { a: 'one', b: { deep: 1 }, at: 'yesterday', yes: '0', id: '7', further: 'é' },
    ]);
    const granted = await world.database.query(`SELECT has_table_privilege('reader_${world.projectId}', 'analytics.sandbox_crm_mixed', 'SELECT') AS may`);
    expect(granted).toEqual([{ may: true }]);
    await world.database.query(`DROP OWNED BY reader_${world.projectId}`);
    await world.database.query(`DROP ROLE reader_${world.projectId}`);
  });

  it('takes any name a provider gives a field, and no more columns than it may', async () => {
    const hostile = { 'a"; DROP TABLE analytics.record; --': 1, "it's": 2, '\\': 3, '': 4, key: 'k', data: 'd', 'Größe': 5, ['long'.repeat(40)]: 6, __proto_: 7, 'nul\u0000': 8 };
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, place) => [`f${place}`, place]));
    await world.publish(newId('connection'), [upsert('1', 1, hostile), upsert('2', 2, many)], { stream: 'hostile' });
    await world.settled();
    const columns = Object.keys(await world.columns('sandbox_crm_hostile')).slice(7);
    expect(columns).toHaveLength(12);
    expect(columns.slice(0, 3)).toEqual(['a"; DROP TABLE analytics.record; --', "it's", '\\']);
    const [row] = await world.database.query<Record<string, unknown>>(`SELECT * FROM analytics.sandbox_crm_hostile WHERE version = 1`);
    expect([row!['a"; DROP TABLE analytics.record; --'], row!["it's"], row!['\\'], row!.data_key, row!.key, row!.data_data, row!['Größe'], row!['nul\\u0000']]).toEqual(['1', '2', '3', 'k', '1', 'd', '5', '8']);
    expect((await world.database.query(`SELECT data ->> 'f29' AS f29 FROM analytics.sandbox_crm_hostile WHERE version = 2`))).toEqual([{ f29: '29' }]);
  });

  it('gives streams whose names run together a view each', async () => {
    await world.publish(newId('connection'), [upsert('1', 1, { from: 'first' })], { connector: 'one_two', stream: 'three' });
    await world.settled();
    await world.publish(newId('connection'), [upsert('1', 1, { from: 'second' })], { connector: 'one', stream: 'two_three' });
    await world.settled();
    const names = await world.database.query<{ stream: string; view_name: string }>(`SELECT stream, view_name FROM analytics.stream_shape WHERE connector LIKE 'one%' ORDER BY id`);
    expect(names).toEqual([{ stream: 'three', view_name: 'one_two_three' }, { stream: 'two_three', view_name: expect.stringMatching(/^one_two_three_[0-9a-f]{8}$/) as string }]);
    expect(await world.database.query(`SELECT "from" FROM analytics.${names[1]!.view_name}`)).toEqual([{ from: 'second' }]);
  });

  it('comes out the same whoever sees the fields first: many batches at once on two replicas', async () => {
    const values = ['text', 1, true, '2024-01-01T00:00:00Z', null];
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        world.publish(newId('connection'), [upsert('k', index, { [`f${index % 10}`]: values[index % 5], both: values[index % 4] })], { stream: 'together' }),
      ),
    );
    await world.settled();
    const columns = await world.columns('sandbox_crm_together');
    const [{ fields }] = (await world.database.query<{ fields: { column: string }[] }>(`SELECT fields FROM analytics.stream_shape WHERE stream = 'together'`)) as [{ fields: { column: string }[] }];
    expect(columns.both).toBe('text');
    expect(Object.keys(columns).slice(7)).toEqual(fields.map(({ column }) => column));
    const lost = await world.database.query(`SELECT key FROM analytics.sandbox_crm_together WHERE data ->> 'both' IS DISTINCT FROM "both"`);
    expect(lost).toEqual([]);
  });

  it('does not hold up records while somebody reads it or stands on it', async () => {
    const connection = newId('connection');
    const stream = 'stood_on';
    await world.publish(connection, [upsert('1', 1, { a: 1 })], { stream });
    await world.settled();
    await world.database.query('CREATE VIEW public.mine AS SELECT a + 1 AS next FROM analytics.sandbox_crm_stood_on');
    await world.publish(connection, [upsert('2', 2, { a: 'word', b: 'new' })], { stream });
    await world.settled();
    expect(await world.database.query(`SELECT a, b, data ->> 'a' AS whole FROM analytics.sandbox_crm_stood_on ORDER BY key`)).toEqual([{ a: '1', b: null, whole: '1' }, { a: null, b: 'new', whole: 'word' }]);
    expect(await world.database.query(`SELECT problem FROM analytics.stream_shape WHERE stream = $1`, [stream])).toEqual([{ problem: expect.stringContaining('depends on the view') as string }]);
    await world.database.query('DROP VIEW public.mine');
    await waitFor(async () => (await world.columns('sandbox_crm_stood_on')).a === 'text', { what: 'the column to be widened' });
    expect(await world.database.query(`SELECT a FROM analytics.sandbox_crm_stood_on ORDER BY key`)).toEqual([{ a: '1' }, { a: 'word' }]);
  });

  it('goes with its last row, leaves nothing behind, and comes back with the next one', async () => {
    const connection = newId('connection');
    const stream = 'short_lived';
    const left = () => world.database.query(`SELECT relname FROM pg_class WHERE relname LIKE '%short_lived%' UNION ALL SELECT stream FROM analytics.stream_shape WHERE stream = '${stream}'`);
    await world.publish(connection, [upsert('1', 1, { a: 1 })], { stream });
    await world.settled();
    expect(await left()).toHaveLength(2);
    await world.publish(connection, [remove('1', 2)], { stream });
    await world.settled();
    await waitFor(async () => (await left()).length === 0, { what: 'the view to go' });
    await world.publish(connection, [upsert('2', 3, { a: 7 })], { stream });
    await world.settled();
    expect(await world.database.query(`SELECT a FROM analytics.sandbox_crm_short_lived`)).toEqual([{ a: '7' }]);
  });

  it('is never missing under rows: whoever remembers a shape that another replica has dropped looks again', async () => {
    const connection = newId('connection');
    const stream = 'dropped';
    await Promise.all(Array.from({ length: 10 }, (_, place) => world.publish(connection, [upsert(`k${place}`, 1, { a: 1 })], { stream })));
    await world.settled();
    await world.database.query(`DELETE FROM analytics.record WHERE stream = '${stream}'; DROP VIEW analytics.sandbox_crm_dropped; DELETE FROM analytics.stream_shape WHERE stream = '${stream}'`);
    await world.publish(connection, [upsert('again', 2, { a: 2 })], { stream });
    await world.settled();
    expect(await world.database.query('SELECT key, a FROM analytics.sandbox_crm_dropped')).toEqual([{ key: 'again', a: '2' }]);
  });

  it('is made for rows that came in another way', async () => {
    await world.database.query(
      `INSERT INTO analytics.record (connection_id, stream, key, version, generation, project_id, connector, run_id, deleted, data) VALUES ('conn_1', 'restored', '1', 1, 1, 'p', 'sandbox_crm', 'r', false, '{"a": 1, "b": [1], "c": null}')`,
    );
    await waitFor(async () => Object.keys(await world.columns('sandbox_crm_restored')).length > 0, { what: 'the view' });
    expect(await world.columns('sandbox_crm_restored')).toEqual({ ...fixed, a: 'numeric', b: 'jsonb' });
  });
});
