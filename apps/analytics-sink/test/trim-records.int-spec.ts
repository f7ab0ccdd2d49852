import { AckPolicy, jetstream } from '@nats-io/jetstream';
import { newId } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { upsert, World } from './world.js';

describe('a record stream that runs out of room', () => {
  let world: World;
  const megabyte = 1_048_576;
  const text = 'x'.repeat(20_000);

  beforeAll(async () => {
    world = await World.create();
    await world.start({ RECORDS_MAX_BYTES: String(megabyte), TRUNKLINE_RECORDS_TRIM_SECONDS: '1' });
  });
  afterAll(() => world?.close());

  const state = async () => (await world.manager.streams.info('RECORDS')).state;

  it('goes on taking batches, and nothing goes that a durable consumer has not read', async () => {
    const connection = newId('connection');
    await world.settled();
    await world.manager.consumers.add('RECORDS', { durable_name: 'slow-warehouse', ack_policy: AckPolicy.Explicit });
    // Three times what the stream holds. Refused is tried again, as the orchestrator does.
    let published = 0;
    let refused = 0;
    const publish = async () => {
      try {
        await world.publish(connection, [upsert(`k${published}`, published + 1, { text })]);
        published += 1;
        return true;
      } catch {
        refused += 1;
        return false;
      }
    };
    while (await publish());
    await world.settled();
    // The slow one has read nothing: two rounds of the trimmer later everything is still there.
    const page = async () => (await fetch(`${world.replicas[0]!.url}/metrics`)).text();
    await waitFor(async () => (await page()).includes(`trunkline_records_unread_batches{consumer="slow-warehouse"} ${published}`), { what: 'the unread batches to be told' });
    expect(await state()).toMatchObject({ messages: published, first_seq: 1 });
    expect(await page()).toMatch(/trunkline_records_stream_usage_ratio 0\.9\d+/);
    expect(await page()).toContain('trunkline_records_trimmed_total 0');

    const slow = await (await jetstream(world.bus).consumers.get('RECORDS', 'slow-warehouse')).next();
    slow?.ack();
    await waitFor(async () => (await state()).first_seq === 2, { what: 'the one batch that both have read to go' });
    await world.manager.consumers.delete('RECORDS', 'slow-warehouse');
    // Only the sink is left: there is room again, for as much as comes.
    const until = published + 150;
    await waitFor(async () => (await publish(), published >= until), { what: '150 further batches to be taken', timeoutMs: 25_000, intervalMs: 1 });
    await world.settled();
    await waitFor(async () => (await state()).bytes <= megabyte * 0.8, { what: 'room' });
    expect(refused).toBeGreaterThan(0);
    expect(await world.database.query(`SELECT count(*)::int AS rows FROM analytics.record WHERE connection_id = $1`, [connection])).toEqual([{ rows: published }]);
    // What is left is for whoever comes late.
    expect((await state()).messages).toBeGreaterThan(10);
    expect(await page()).toMatch(/trunkline_records_trimmed_total [1-9]/);
  }, 60_000);
});
