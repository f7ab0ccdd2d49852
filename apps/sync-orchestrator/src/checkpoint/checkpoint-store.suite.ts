import type { Claim } from '../task/task.js';
import type { CheckpointStore, Progress } from './checkpoint-store.js';

export interface CheckpointHarness {
  readonly store: CheckpointStore;
  /** A worker takes a stream of a fresh flow, or the same one anew. */
  claim(stream: string): Promise<Claim>;
  cancel(stream: string): Promise<void>;
  /** Where the stream stands. */
  standing(stream: string): Promise<{ state: unknown; version: number; records: number; quarantined: number }>;
}

const step = (after: number, more: Partial<Progress> = {}): Progress => ({ state: { after }, sequence: after, pages: 1, upserted: 10, deleted: 2, quarantined: [], done: false, keys: null, sweepDue: false, ...more });

/** What every store of checkpoints must do: the same tests on each. */
export function describeCheckpointStore(name: string, open: () => CheckpointHarness): void {
  describe(`checkpoints in ${name}`, () => {
    it('move in order, and count with it', async () => {
      const { store, claim, standing } = open();
      const mine = await claim('in_order');
      const first = await store.move(mine, mine.checkpoint.version, step(1));
      expect(first).toBe(mine.checkpoint.version + 1);
      expect(await store.move(mine, first!, step(2, { quarantined: [{ reason: 'is not an object', page: 2, position: 3 }] }))).toBe(first! + 1);
      expect(await standing('in_order')).toEqual({ state: { after: 2 }, version: first! + 1, records: 24, quarantined: 1 });
    });

    it('refuse a holder whose stream another has taken, and write nothing of it', async () => {
      const { store, claim, standing } = open();
      const stalled = await claim('taken');
      const version = await store.move(stalled, stalled.checkpoint.version, step(1));
      const successor = await claim('taken');
      expect(successor.generation).toBeGreaterThan(stalled.generation);
      expect(successor.checkpoint).toEqual({ state: { after: 1 }, version });
      const before = await standing('taken');
      expect(await store.move(stalled, version!, step(99, { quarantined: [{ reason: 'late', page: 1, position: 0 }] }))).toBeNull();
      expect(await standing('taken')).toEqual(before);
      expect(await store.move(successor, version!, step(2))).toBe(version! + 1);
    });

    it('refuse a move from a version that is not theirs', async () => {
      const { store, claim, standing } = open();
      const mine = await claim('version');
      const before = await standing('version');
      expect(await store.move(mine, mine.checkpoint.version + 5, step(1))).toBeNull();
      expect(await standing('version')).toEqual(before);
    });

    it('take a move whose answer was lost as done when it is tried again, once', async () => {
      const { store, claim, standing } = open();
      const mine = await claim('again');
      const moved = await store.move(mine, mine.checkpoint.version, step(1));
      expect(await store.move(mine, mine.checkpoint.version, step(1))).toBe(moved);
      expect(await standing('again')).toMatchObject({ version: moved, records: 12 });
    });

    it('refuse a task that was cancelled', async () => {
      const { store, claim, cancel, standing } = open();
      const mine = await claim('cancelled');
      await cancel('cancelled');
      const before = await standing('cancelled');
      expect(await store.move(mine, mine.checkpoint.version, step(1))).toBeNull();
      expect(await standing('cancelled')).toEqual(before);
    });

    it('keep a state as it is, whatever characters a provider puts into a cursor', async () => {
      const { store, claim, standing } = open();
      const mine = await claim('characters');
      const state = { cursor: 'nul \u0000, half \ud83d, whole 😀, __proto__' };
      expect(await store.move(mine, mine.checkpoint.version, step(1, { state }))).not.toBeNull();
      expect((await standing('characters')).state).toEqual(state);
      expect((await claim('characters')).checkpoint.state).toEqual(state);
    });

    it('let one of two moves at the same moment through', async () => {
      const { store, claim, standing } = open();
      const mine = await claim('same_moment');
      const rival = { ...mine, generation: mine.generation - 1 };
      const [one, other] = await Promise.all([store.move(mine, mine.checkpoint.version, step(1)), store.move(rival, mine.checkpoint.version, step(9))]);
      expect([one, other]).toEqual([mine.checkpoint.version + 1, null]);
      expect((await standing('same_moment')).state).toEqual({ after: 1 });
    });
  });
}
