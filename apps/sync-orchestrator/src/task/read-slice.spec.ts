import { setTimeout as pause } from 'node:timers/promises';
import { recordsPerGeneration } from '@trunkline/contracts';
import { MemoryCheckpointStore } from '../checkpoint/checkpoint-store.memory.js';
import type { EncodedBatch } from '../record/encode-batches.js';
import type { Page } from './page-pipeline.js';
import { readSlice, type SliceParts } from './read-slice.js';
import { TaskLost, type Claim } from './task.js';

const page = (number: number, last: number, records = 3): Page => ({
  records: Array.from({ length: records }, (_, index) => ({ op: 'upsert', key: `${number}-${index}`, data: { number, index } })),
  state: { after: number } as never,
  done: number === last,
  complete: false,
  quarantined: [],
});

async function* pagesUpTo(last: number, from = 1): AsyncGenerator<Page> {
  for (let number = from; number <= last; number += 1) {
    await pause(0);
    yield page(number, last);
  }
}

describe('reading a slice', () => {
  let store: MemoryCheckpointStore;
  let claim: Claim;
  let published: EncodedBatch[];
  let moves: number;

  function claimed(): Claim {
    const { generation, version, state } = store.claim('flow_1', 'contacts');
    const ids = { taskId: 'task_1', runId: 'run_1', flowId: 'flow_1', projectId: 'proj_1', connectionId: 'conn_1', connector: 'sandbox_crm', stream: 'contacts' };
    return { ...ids, generation, checkpoint: { state, version }, readToEnd: false, pages: 0, attempts: 0, fields: null, keys: null, sweep: null, minKeepRatio: 0.5, kind: 'read' };
  }

  function parts(pages: AsyncIterable<Page>, more: Partial<SliceParts> = {}): SliceParts {
    const { generation, projectId, connectionId, connector, runId, stream } = claim;
    return {
      claim,
      head: { projectId, connectionId, connector, runId, stream, generation },
      depth: 4,
      largestBatch: 512 * 1024,
      publish: async (batch) => void published.push(batch),
      checkpoints: store,
      moved: () => (moves += 1),
      pages,
      check: async () => undefined,
      enough: () => false,
      stopReading: () => undefined,
      ...more,
    };
  }
  const kept = () => store.moves('flow_1', 'contacts');
  const state = () => (kept().at(-1)?.state as { after: number } | undefined)?.after ?? 0;
  const recordsKept = () => kept().reduce((sum, { upserted }) => sum + upserted, 0);

  beforeEach(() => {
    store = new MemoryCheckpointStore();
    claim = claimed();
    published = [];
    moves = 0;
  });

  it('reads to the end and leaves the checkpoint behind the last page', async () => {
    await expect(readSlice(parts(pagesUpTo(20)))).resolves.toBe('done');
    expect(state()).toBe(20);
    expect(recordsKept()).toBe(60);
    expect(published.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('moves the checkpoint only over acknowledged pages, in order, however the acknowledgements come', async () => {
    const acknowledged = new Set<number>();
    const publish = async (batch: EncodedBatch) => {
      await pause(Math.random() * 8);
      acknowledged.add(batch.sequence);
    };
    const states: number[] = [];
    const checkpoints: SliceParts['checkpoints'] = {
      move: async (mine, version, progress) => {
        const { after } = progress.state as unknown as { after: number };
        for (let number = 1; number <= after; number += 1) expect(acknowledged).toContain(number);
        states.push(after);
        await pause(Math.random() * 4);
        return store.move(mine, version, progress);
      },
    };
    await readSlice(parts(pagesUpTo(60), { publish, checkpoints }));
    expect(states).toEqual([...states].sort((one, other) => one - other));
    expect(state()).toBe(60);
    expect(recordsKept()).toBe(180);
    // Pages that were through together shared a move.
    expect(moves).toBeLessThan(60);
  });

  it('reads on while pages are published, but never further ahead than the depth', async () => {
    let read = 0;
    async function* counted(): AsyncGenerator<Page> {
      for await (const one of pagesUpTo(10)) {
        read += 1;
        yield one;
      }
    }
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slice = readSlice(parts(counted(), { depth: 3, publish: () => gate }));
    for (let turn = 0; read < 3 && turn < 500; turn += 1) await pause(10);
    await pause(50);
    expect(read).toBe(3);
    expect(kept()).toHaveLength(0);
    open();
    await expect(slice).resolves.toBe('done');
  });

  it('stops when it is enough, between pages, with everything checkpointed', async () => {
    let pages = 0;
    await expect(readSlice(parts(pagesUpTo(20), { enough: () => (pages += 1) >= 5, publish: () => pause(5) }))).resolves.toBe('more');
    expect(state()).toBe(5);
    claim = claimed();
    await expect(readSlice(parts(pagesUpTo(20, state() + 1)))).resolves.toBe('done');
    expect(recordsKept()).toBe(60);
  });

  it('keeps what was read before a page that failed, then tells the failure', async () => {
    async function* failing(): AsyncGenerator<Page> {
      for (let number = 1; number <= 5; number += 1) yield page(number, 99);
      throw new Error('page 6 failed');
    }
    await expect(readSlice(parts(failing(), { publish: () => pause(10) }))).rejects.toThrow('page 6 failed');
    expect(state()).toBe(5);
  });

  it('stops at once and writes nothing more when another worker has the stream', async () => {
    let number = 0;
    async function* overtaken(): AsyncGenerator<Page> {
      for await (const one of pagesUpTo(1_000)) {
        number += 1;
        if (number === 4) store.claim('flow_1', 'contacts');
        yield one;
      }
    }
    await expect(readSlice(parts(overtaken()))).rejects.toBeInstanceOf(TaskLost);
    expect(number).toBeLessThan(12);
    expect(state()).toBeLessThanOrEqual(4);
  });

  it('ends the reader, whatever ends the slice', async () => {
    let ended = false;
    async function* watched(): AsyncGenerator<Page> {
      try {
        yield* pagesUpTo(1_000);
      } finally {
        ended = true;
      }
    }
    const failing = parts(watched(), {
      publish: async ({ sequence }) => {
        if (sequence === 3) throw new Error('the stream does not take this');
      },
    });
    await expect(readSlice(failing)).rejects.toThrow('the stream does not take this');
    expect(ended).toBe(true);
    expect(state()).toBeLessThanOrEqual(2);
  });

  it('does not wait for a page when what was read before it cannot be kept', async () => {
    const reading = new AbortController();
    async function* standing(): AsyncGenerator<Page> {
      yield page(1, 9);
      // A provider that does not answer: only an abort ends this.
      await pause(60_000, undefined, { signal: reading.signal });
    }
    const checkpoints = { move: async () => null };
    const began = performance.now();
    await expect(readSlice(parts(standing(), { checkpoints, stopReading: (reason) => reading.abort(reason) }))).rejects.toBeInstanceOf(TaskLost);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('asks before every page and before every publication whether it may', async () => {
    const steps: string[] = [];
    async function* told(): AsyncGenerator<Page> {
      for await (const one of pagesUpTo(3)) {
        steps.push('page');
        yield one;
      }
    }
    const publish = async () => void steps.push('publish');
    await readSlice(parts(told(), { check: async () => void steps.push('check'), publish }));
    expect(steps).toEqual(Array.from({ length: 3 }, () => ['check', 'page', 'check', 'publish']).flat());
  });

  it('leaves a page to the next generation when this one has no numbers left for it', async () => {
    const huge = { ...page(1, 9), records: { length: recordsPerGeneration + 1 } as never };
    async function* pages(): AsyncGenerator<Page> {
      yield huge;
    }
    await expect(readSlice(parts(pages()))).resolves.toBe('more');
    expect(kept()).toHaveLength(0);
  });

  it('counts what the reader and the batches could not take, by page and place', async () => {
    async function* pages(): AsyncGenerator<Page> {
      yield { ...page(1, 2), quarantined: [{ index: 7, reason: 'is not an object' }] };
      yield { ...page(2, 2), records: [{ op: 'upsert', key: 'big', data: { text: 'x'.repeat(600_000) } }] };
    }
    await readSlice(parts(pages()));
    expect(kept().flatMap(({ quarantined }) => quarantined)).toEqual([
      { page: 1, position: 7, reason: 'is not an object' },
      { page: 2, position: 0, reason: expect.stringContaining('larger than a batch') as string },
    ]);
  });

  it('counts what is not taken where it goes as put aside, at its place in the page as it was read', async () => {
    async function* pages(): AsyncGenerator<Page> {
      const [first, ...others] = page(1, 1, 4).records;
      yield { ...page(1, 1), records: [first!, { op: 'upsert', key: 'big', data: { text: 'x'.repeat(600_000) } }, ...others, { op: 'delete', key: 'gone', data: null }] };
    }
    const publish = async () => [
      { index: 2, reason: 'not here' },
      { index: 4, reason: 'nor there' },
    ];
    await readSlice(parts(pages(), { publish }));
    expect(kept()).toMatchObject([{ upserted: 3, deleted: 0 }]);
    expect(kept()[0]!.quarantined.map(({ position, reason }) => [position, reason])).toEqual([
      [1, expect.stringContaining('larger than a batch')],
      [3, 'not here'],
      [5, 'nor there'],
    ]);
  });
});
