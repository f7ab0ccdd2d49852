import { setTimeout as pause } from 'node:timers/promises';
import { ProviderError, type WriteBatch } from '@trunkline/connector-kit';
import { encodeBatches } from '../record/encode-batches.js';
import type { SliceCall } from '../task/call-outcome.js';
import { TaskLost } from '../task/task.js';
import { DestinationFailure } from './destination-failure.js';
import { DestinationSink, type SinkParts } from './destination-sink.js';

const head = { projectId: 'proj_1', connectionId: 'conn_1', connector: 'sandbox_crm', runId: 'run_1', stream: 'contacts', generation: 7 };
const batches = (count: number) => encodeBatches(head, Array.from({ length: count }, (_, index) => ({ op: 'upsert' as const, key: `k${index}`, data: { text: 'ü'.repeat(250) } })), { place: 0, sequence: 0 }, 1_000).batches;

describe('a connection as the place batches go', () => {
  const written: WriteBatch[] = [];
  const told: SliceCall[] = [];
  let closed = 0;
  let write: (batch: WriteBatch) => Promise<{ index: number; reason: string }[]>;
  const sink = (more: Partial<SinkParts> = {}) =>
    new DestinationSink({
      writer: { write: (batch) => write(batch), close: async () => void (closed += 1) },
      destination: { connectionId: 'conn_2', name: 'API' },
      generation: 7,
      signal: new AbortController().signal,
      check: async () => undefined,
      tell: async (call) => void told.push(call),
      ...more,
    });
  beforeEach(() => {
    written.length = told.length = closed = 0;
    write = async (batch) => {
      // The first takes longest: order is not left to chance.
      await pause(batch.sequence === 1 ? 30 : 0);
      written.push(batch);
      return [{ index: 0, reason: 'no' }];
    };
  });

  it('writes batches given all at once one after another, in their order, and hands on what was not taken', async () => {
    const to = sink();
    const untaken = await Promise.all(batches(4).map((batch) => to.write(batch)));
    await to.close();
    expect(written.map(({ generation, sequence, records }) => [generation, sequence, records[0]!.key])).toEqual([1, 2, 3, 4].map((number) => [7, number, `k${number - 1}`]));
    expect(untaken[3]).toEqual([{ index: 0, reason: 'no' }]);
    expect(told).toEqual([{ outcome: 'succeeded', code: null }]);
    expect(closed).toBe(1);
  });

  it('writes nothing behind a batch that failed, and tells whose failure it is', async () => {
    write = async (batch) => {
      written.push(batch);
      if (batch.sequence === 2) throw new ProviderError('unavailable', 'API is not available', { status: 503 });
      return [];
    };
    const to = sink();
    const ends = await Promise.allSettled(batches(4).map((batch) => to.write(batch)));
    await to.close();
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(written).toHaveLength(2);
    expect((ends[1] as PromiseRejectedResult).reason).toBeInstanceOf(DestinationFailure);
    expect(told).toEqual([{ outcome: 'failed', code: 'unavailable_503' }]);
  });

  it('asks before every batch whether the task is still its own', async () => {
    let asked = 0;
    const to = sink({
      check: async () => {
        if ((asked += 1) > 1) throw new TaskLost();
      },
    });
    const ends = await Promise.allSettled(batches(3).map((batch) => to.write(batch)));
    await to.close();
    expect(written).toHaveLength(1);
    expect((ends[1] as PromiseRejectedResult).reason).toBeInstanceOf(TaskLost);
  });

  it('ends with the reason it was stopped for, not with what that did to a request', async () => {
    const stop = new AbortController();
    write = async () => {
      stop.abort(new TaskLost());
      throw new ProviderError('unavailable', 'cut off');
    };
    const to = sink({ signal: stop.signal });
    await expect(to.write(batches(1)[0]!)).rejects.toBeInstanceOf(TaskLost);
    await to.close();
    expect(told).toEqual([]);
  });
});
