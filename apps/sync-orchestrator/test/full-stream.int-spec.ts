import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { waitFor } from '@trunkline/testing';
import { startCrm } from './crm-server.js';
import { World } from './world.js';

describe('a full record stream', () => {
  it('pauses a sync and loses nothing', async () => {
    const world = await World.create();
    const crm = await startCrm({ contacts: 1_500 }, { padding: 1_000 });
    const nats = await connect({ servers: world.nats.url });
    try {
      const service = await world.start(crm, { RECORDS_MAX_BYTES: String(1_048_576) });
      const { id } = world.connect();
      const { syncId } = await world.run();
      const manager = await jetstreamManager(nats);
      const seen = new Set<string>();
      const metrics = async () => (await fetch(`${service.url}/metrics`)).text();
      await waitFor(async () => (await metrics()).includes('trunkline_sync_publish_waits_total{reason="full"}'), { what: 'the stream to be full' });
      const { records } = await world.sync(syncId);
      expect(records).toBeLessThan(1_500);
      // Whoever consumes makes room.
      await waitFor(
        async () => {
          const { last_seq: upTo } = (await manager.streams.info('RECORDS')).state;
          for (const key of (await world.applied(id)).keys()) seen.add(key);
          await manager.streams.purge('RECORDS', { seq: upTo + 1 });
          return (await world.sync(syncId)).status !== 'running';
        },
        { what: 'the sync to end', timeoutMs: 30_000, intervalMs: 300 },
      );
      for (const key of (await world.applied(id)).keys()) seen.add(key);
      expect(await world.sync(syncId)).toMatchObject({ status: 'succeeded', records: 1_500 });
      expect(seen.size).toBe(1_500);
    } finally {
      await nats.close();
      await world.end();
      await crm.close();
    }
  }, 60_000);
});
