import { checkEffects } from './check-effects.mjs';
import { planHarm } from './plan-harm.mjs';
import { createRandom } from './random.mjs';

const a1 = { name: 'contacts/a', op: /** @type {const} */ ('upsert'), version: 1, seq: 1 };
const a5 = { name: 'contacts/a', op: /** @type {const} */ ('upsert'), version: 5, seq: 2 };
const b6 = { name: 'contacts/b', op: /** @type {const} */ ('delete'), version: 6, seq: null };
const rowA = { name: 'contacts/a', version: 5, deleted: false, seq: 2 };
const rowB = { name: 'contacts/b', version: 6, deleted: true, seq: null };
const rows = new Map([['contacts/a', { seq: 2, deleted: false }], ['contacts/b', { seq: 1, deleted: true }]]);
const served = new Set(['contacts/a/1', 'contacts/a/2', 'contacts/b/1']);
const good = {
  rows,
  served,
  acknowledged: [a1, a5, b6],
  applied: /** @type {import('./check-effects.mjs').Applied[]} */ ([rowA, rowB]),
};
const counts = (/** @type {Partial<Parameters<typeof checkEffects>[0]>} */ change) => {
  const { lost, duplicated, unexpected, inverted } = checkEffects({ ...good, ...change });
  return [lost.length, duplicated.length, unexpected.length, inverted.length];
};

describe('the checker', () => {
  it('finds nothing where all is well', () => expect(counts({})).toEqual([0, 0, 0, 0]));
  it('sees a row that is missing, old, or still there', () => {
    expect(counts({ applied: [rowB] })).toEqual([2, 0, 0, 0]);
    expect(counts({ applied: [{ ...rowA, seq: 1 }, rowB] })).toEqual([1, 0, 0, 0]);
    expect(counts({ applied: [rowA, { ...rowB, deleted: false, seq: 1 }] })).toEqual([1, 0, 0, 0]);
  });
  it('sees an acknowledged record that never arrived', () => expect(counts({ applied: [{ ...rowA, version: 4 }, rowB] })).toEqual([1, 0, 0, 0]));
  it('sees a row twice', () => expect(counts({ applied: [rowA, rowB, rowA] })).toEqual([0, 1, 0, 0]));
  it('sees what was never handed out, in the warehouse and in the stream', () => {
    expect(counts({ served: new Set(['contacts/a/1', 'contacts/b/1']) })).toEqual([0, 0, 2, 0]);
    expect(counts({ applied: [...good.applied, { name: 'contacts/c', version: 1, deleted: false, seq: 1 }] })).toEqual([0, 0, 1, 0]);
  });
  it('sees an older row behind a newer one', () => {
    const acknowledged = [{ ...a1, version: 5 }, { ...a5, version: 1 }, b6];
    expect(counts({ acknowledged })).toEqual([0, 0, 0, 1]);
  });
});

describe('a seed', () => {
  const plans = (/** @type {number} */ seed) => {
    const random = createRandom(seed);
    return Array.from({ length: 100 }, (_, run) => planHarm(random, ['a', 'sync-orchestrator', 'nats'], run));
  };
  it('does the same harm each time, and another one other harm', () => {
    expect(plans(1)).toEqual(plans(1));
    expect(plans(1)).not.toEqual(plans(2));
  });
  it('spares nobody', () => expect(new Set(plans(3).map(([first]) => first?.victim)).size).toBe(3));
});
