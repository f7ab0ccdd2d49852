import { step } from './loop-guard.js';
import type { LoopGuard } from './loop-guard.js';

/** Steps taken until the guard notices, or null within `most`. */
function noticed(way: (step: number) => unknown, most: number): number | null {
  let guard: LoopGuard | null = null;
  for (let taken = 0; taken < most; taken += 1) {
    guard = step(guard, way(taken));
    if (guard === null) return taken;
  }
  return null;
}

describe('the loop guard', () => {
  it('notices a place that leads to itself at the second visit', () => {
    expect(noticed(() => ({ cursor: 'same' }), 10)).toBe(1);
  });

  it.each([
    [0, 2],
    [0, 5],
    [3, 1],
    [10, 7],
    [100, 33],
  ])('notices, after %i other places, a circle of %i within three times their sum', (before, length) => {
    const found = noticed((taken) => ({ page: taken < before ? -taken - 1 : (taken - before) % length }), 10_000);
    expect(found).not.toBeNull();
    expect(found!).toBeLessThanOrEqual(3 * (before + length) + 1);
  });

  it('never mistakes a straight way for a circle, short or long cursors', () => {
    expect(noticed((taken) => ({ page: taken }), 20_000)).toBeNull();
    expect(noticed((taken) => ({ cursor: `${'x'.repeat(500)}${taken}` }), 2_000)).toBeNull();
    expect(noticed((taken) => ({ cursor: `${'x'.repeat(500)}${taken % 3}` }), 2_000)).not.toBeNull();
  });

  it('stays small', () => {
    const guard = step(null, { cursor: 'x'.repeat(16_000) });
    expect(JSON.stringify(guard).length).toBeLessThan(300);
  });
});
