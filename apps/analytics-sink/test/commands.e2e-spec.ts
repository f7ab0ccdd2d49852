import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { headers } from '@nats-io/transport-node';
import { newId, recordVersion } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { rebuildTable } from '../src/index.js';
import { remove, upsert, World } from './world.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('the commands for the record stream', () => {
  let world: World;
  let empty: string;

  beforeAll(async () => {
    world = await World.create();
    empty = await mkdtemp(join(tmpdir(), 'trunkline-commands-'));
    await world.start({ TRUNKLINE_SINK_TIDY_SECONDS: '1' });
  });
  afterAll(async () => {
    await world?.close();
    await rm(empty, { recursive: true, force: true });
  });

  function command(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, args, { cwd: root, env: { PATH: process.env.PATH ?? '', TRUNKLINE_DATA_DIR: empty, DATABASE_URL: world.database.url, NATS_URL: world.nats.url } });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (said.out += chunk));
    child.stderr.on('data', (chunk) => (said.err += chunk));
    return new Promise((resolve) => child.once('exit', (code) => resolve({ code, ...said })));
  }
  const dead = (...args: string[]) => command('tools/dead.mjs', ...args);
  const rows = (connection: string) => world.database.query('SELECT key, version::int, deleted, data FROM analytics.record WHERE connection_id = $1 ORDER BY key', [connection]);

  describe('dead letters', () => {
    const connection = newId('connection');
    const subject = () => `rec.${world.projectId}.sandbox_crm.contacts`;
    const letters = async () => (JSON.parse((await dead('list', '--json', '--subject', subject())).out || '[]') as { id: number; reason: string }[]);

    it('are listed and shown with their reason and their message', async () => {
      await world.database.query('ALTER TABLE analytics.record RENAME TO away');
      await world.publish(connection, [upsert('a', 1, { n: 'what came' })]);
      // Nine deliveries end at once, for somebody else gives them back; the sink gives up in one that counts more than ten.
      const consumer = await (await import('@nats-io/jetstream')).jetstream(world.bus).consumers.get('RECORDS', 'analytics-sink__rec');
      await world.replicas[0]!.close();
      world.replicas.pop();
      for (let attempt = 0; attempt < 10; attempt += 1) (await consumer.next({ expires: 15_000 }))?.nak();
      await world.start({ TRUNKLINE_SINK_TIDY_SECONDS: '1' });
      await waitFor(() => world.manager.streams.getMessage('DEAD', { last_by_subj: `dead.${subject()}` }), { what: 'the dead letter' });
      await world.database.query('ALTER TABLE analytics.away RENAME TO record');
      const { code, out } = await dead('list');
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('kept failing') as string });
      const [letter] = await letters();
      const shown = JSON.parse((await dead('show', '--id', String(letter!.id))).out) as Record<string, unknown>[];
      expect(shown).toMatchObject([{ consumer: 'analytics-sink__rec', subject: subject(), reason: 'kept failing', headers: { 'ce-type': 'trunkline.record.batch.v1' }, body: { connectionId: connection, records: [{ key: 'a' }] } }]);
      expect(await dead('show', '--id', '999')).toMatchObject({ code: 1, err: expect.stringContaining('There is no dead letter 999') as string });
    }, 60_000);

    it('are replayed once, for the consumer that gave up, however often one says so', async () => {
      const [letter] = await letters();
      const before = (await world.manager.streams.info('RECORDS')).state.last_seq;
      const all = await Promise.all([dead('replay', '--id', String(letter!.id)), dead('replay', '--subject', 'rec.>')]);
      expect(all.filter(({ out }) => out.includes('1 replayed')).length).toBeGreaterThan(0);
      await world.settled();
      expect(await rows(connection)).toEqual([{ key: 'a', version: 1, deleted: false, data: { n: 'what came' } }]);
      expect((await world.manager.streams.info('RECORDS')).state.last_seq).toBe(before + 1);
      expect(await letters()).toEqual([]);
      expect(await dead('replay', '--id', String(letter!.id))).toMatchObject({ code: 0, out: expect.stringContaining('is not there (any more)') as string });
      const replayed = await world.manager.streams.getMessage('RECORDS', { seq: before + 1 });
      expect([replayed?.header.get('Trunkline-Replay-For'), replayed?.header.get('ce-type')]).toEqual(['analytics-sink__rec', 'trunkline.record.batch.v1']);
    }, 60_000);

    it('leave consumers alone that handled the message', async () => {
      const attributes = headers();
      attributes.set('Trunkline-Replay-For', 'somebody-else__rec');
      const batch = { projectId: world.projectId, connectionId: connection, connector: 'sandbox_crm', runId: 'run_1', stream: 'contacts', generation: 1, sequence: 1, records: [upsert('not for us', 1)] };
      const { jetstream } = await import('@nats-io/jetstream');
      await jetstream(world.bus).publish(subject(), JSON.stringify(batch), { headers: attributes });
      await world.settled();
      expect(await rows(connection)).toHaveLength(1);
    });

    it('are made at once of what is no JSON, and everything else goes on', async () => {
      const { jetstream } = await import('@nats-io/jetstream');
      await jetstream(world.bus).publish('rec.p.c.nan', '{"records": [{"op": "upsert", "key": "a", "version": 1, "data": {"n": NaN}}]}');
      await world.publish(connection, [upsert('neighbour', 1)]);
      await world.settled();
      expect(await rows(connection)).toHaveLength(2);
      const { out } = await dead('list', '--subject', 'rec.p.c.nan');
      expect(out).toMatch(/analytics-sink__rec +1 +the body is not JSON/);
      expect((await dead('replay', '--subject', 'rec.p.c.nan')).out).toContain('1 replayed');
    }, 60_000);
  });

  describe('rebuilding', () => {
    const rebuild = async (...args: string[]) => {
      const { code, out, err } = await command('tools/sink.mjs', 'rebuild', ...args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return JSON.parse(out.trim().split('\n').at(-1)!) as { batches: number; records: number; corrected: number; olderKept: number; olderRemoved: number; first: number };
    };

    it('makes the table what the stream says, while the sink goes on', async () => {
      const connection = newId('connection');
      const stream = 'rebuilt';
      for (let batch = 1; batch <= 30; batch += 1) {
        const records = Array.from({ length: 20 }, (_, place) => (place === 3 ? remove(`k${batch}-old`, recordVersion(batch, place)) : upsert(`k${place}`, recordVersion(batch, place), { batch, text: 'a\u0000b' })));
        await world.publish(connection, records, { stream, generation: batch });
      }
      await world.settled();
      const before = await rows(connection);
      // Three kinds of damage: rows gone, a row changed under its version, a row older; and one that the stream never knew.
      await world.database.query(`DELETE FROM analytics.record WHERE connection_id = $1 AND key IN ('k1', 'k2', 'k7-old')`, [connection]);
      await world.database.query(`UPDATE analytics.record SET data = '{"broken": true}' WHERE connection_id = $1 AND key = 'k4'`, [connection]);
      await world.database.query(`UPDATE analytics.record SET version = 1, data = '{"old": true}' WHERE connection_id = $1 AND key = 'k5'`, [connection]);
      await world.database.query(
        `INSERT INTO analytics.record (connection_id, stream, key, version, generation, project_id, connector, run_id, deleted, data) VALUES ($1, $2, 'from before', 1, 1, $3, 'sandbox_crm', 'r', false, '{"long": "ago"}')`,
        [connection, stream, world.projectId],
      );
      let going = true;
      const others = newId('connection');
      const publishing = (async () => {
        for (let batch = 1; going; batch += 1) {
          await world.publish(others, [upsert(`k${batch % 50}`, batch, { batch })], { stream, generation: batch });
          // Not as fast as it goes: each rebuild reads all of it.
          await pause(10);
        }
      })();
      const kept = await rebuild();
      expect(kept).toMatchObject({ olderKept: 1, olderRemoved: 0 });
      // And whatever the rebuild read before the sink did.
      expect(kept.corrected).toBeGreaterThanOrEqual(5);
      expect(kept.batches).toBeGreaterThanOrEqual(30);
      expect(await rows(connection)).toEqual([{ key: 'from before', version: 1, deleted: false, data: { long: 'ago' } }, ...before]);
      const only = await rebuild('--only-stream');
      going = false;
      await publishing;
      expect(only).toMatchObject({ olderKept: 0, olderRemoved: 1 });
      expect(await rows(connection)).toEqual(before);
      await world.settled();
      const again = await rebuild();
      expect(again).toMatchObject({ corrected: 0, olderKept: 0 });
      expect(await world.database.query(`SELECT to_regclass('analytics.record_rebuilt') AS left`)).toEqual([{ left: null }]);
      expect((await world.manager.consumers.list('RECORDS').next()).map(({ name }) => name)).toEqual(['analytics-sink__rec']);
    }, 60_000);

    it('fills an empty table, views and all', async () => {
      const before = await world.database.query('SELECT connection_id, stream, key, version, data FROM analytics.record ORDER BY 1, 2, 3');
      await world.database.query('TRUNCATE analytics.record');
      await waitFor(async () => (await world.database.query('SELECT 1 FROM analytics.stream_shape')).length === 0, { what: 'the views to go' });
      expect((await rebuild()).corrected).toBe(before.length);
      expect(await world.database.query('SELECT connection_id, stream, key, version, data FROM analytics.record ORDER BY 1, 2, 3')).toEqual(before);
      await waitFor(async () => (await world.columns('sandbox_crm_rebuilt')).batch === 'numeric', { what: 'the view' });
    }, 60_000);

    it('keeps what the sink applied after the stream was read', async () => {
      const connection = newId('connection');
      async function* meanwhile(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('no batch');
        await world.publish(connection, [upsert('late', 1)], { stream: 'late' });
        await world.settled();
      }
      const done = await rebuildTable({ databaseUrl: world.database.url, messages: meanwhile(), onlyStream: true });
      expect(done).toMatchObject({ batches: 1, records: 0, refused: 1, corrected: 0, olderKept: 0 });
      expect(done.olderRemoved).toBeGreaterThan(0);
      expect(await world.database.query('SELECT connection_id, key FROM analytics.record')).toEqual([{ connection_id: connection, key: 'late' }]);
    });

    it('says what is missing', async () => {
      expect(await command('tools/sink.mjs', 'rebuilt')).toMatchObject({ code: 1, err: expect.stringContaining('npm run sink') as string });
      expect(await command('tools/sink.mjs', 'user', 'a.b')).toMatchObject({ code: 1, err: expect.stringContaining('is not') as string });
    });
  });
});
