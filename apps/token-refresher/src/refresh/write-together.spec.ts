import { WriteTogether } from './write-together.js';

const outage = () => Object.assign(new Error('the server closed the connection'), { code: '57P01' });

/** Tells what was written together; fails as told. */
function recorder(over: { fails?: (items: readonly number[]) => Error | undefined; alone?: (item: number) => Promise<string>; undecided?: readonly number[]; lanes?: number } = {}) {
  const together: (readonly number[])[] = [];
  const alone: number[] = [];
  const writes = new WriteTogether<number, string>({
    most: 8,
    lanes: over.lanes ?? 1,
    all: async (items) => {
      together.push(items);
      await new Promise(setImmediate);
      const failure = over.fails?.(items);
      if (failure !== undefined) throw failure;
      return items.map((item) => (over.undecided?.includes(item) ? undefined : `together ${item}`));
    },
    alone: async (item) => {
      alone.push(item);
      return over.alone === undefined ? `alone ${item}` : over.alone(item);
    },
  });
  return { writes, together, alone, all: (count: number) => Promise.allSettled(Array.from({ length: count }, (_, item) => writes.add(item))) };
}
const outcomes = (settled: readonly PromiseSettledResult<string>[]) => settled.map((result) => (result.status === 'fulfilled' ? result.value : `failed: ${(result.reason as Error).message}`));

it('writes together what comes in the same moment, so many at most, and each gets its own outcome', async () => {
  const { together, all } = recorder();
  expect(outcomes(await all(19))).toEqual(Array.from({ length: 19 }, (_, item) => `together ${item}`));
  expect(together.map(({ length }) => length)).toEqual([8, 8, 3]);
});

it('writes alone what comes alone', async () => {
  const { writes, together, alone } = recorder();
  expect(await writes.add(7)).toBe('alone 7');
  expect([together, alone]).toEqual([[], [7]]);
});

it('gathers what comes while the lanes are taken', async () => {
  const { writes, together, all } = recorder();
  const first = all(2);
  await new Promise(setImmediate);
  const later = [writes.add(10), writes.add(11)];
  await new Promise(setImmediate);
  later.push(writes.add(12));
  await Promise.all([first, ...later]);
  expect(together).toEqual([[0, 1], [10, 11, 12]]);
});

it('looks at each alone that was not decided together', async () => {
  const { alone, all } = recorder({ undecided: [1, 3] });
  expect(outcomes(await all(5))).toEqual(['together 0', 'alone 1', 'together 2', 'alone 3', 'together 4']);
  expect(alone).toEqual([1, 3]);
});

it('goes on while one that goes alone has to wait', async () => {
  const { writes } = recorder({ alone: (item) => (item === 0 ? new Promise(() => undefined) : Promise.resolve(`alone ${item}`)) });
  void writes.add(0);
  await new Promise(setImmediate);
  expect(await writes.add(1)).toBe('alone 1');
});

it('lets a bad one fail alone', async () => {
  const bad = new Error('bad row');
  const { all } = recorder({ fails: (items) => (items.includes(2) ? bad : undefined), alone: (item) => (item === 2 ? Promise.reject(bad) : Promise.resolve(`alone ${item}`)) });
  expect(outcomes(await all(7))).toEqual(['together 0', 'together 1', 'failed: bad row', 'alone 3', 'together 4', 'together 5', 'together 6']);
});

it('does not try by halves while the database is away, and goes on when it is back', async () => {
  let away = true;
  const { writes, together, all } = recorder({ fails: () => (away ? outage() : undefined) });
  expect(new Set(outcomes(await all(8)))).toEqual(new Set(['failed: the server closed the connection']));
  expect(together).toHaveLength(1);
  away = false;
  expect(await Promise.all([writes.add(1), writes.add(2)])).toEqual(['together 1', 'together 2']);
});
