import { TokenBuckets } from './token-buckets.js';

describe('a bucket of requests', () => {
  it('lets a burst through, then as many as flow in', () => {
    const buckets = new TokenBuckets(10, 3);
    expect([1, 2, 3].map(() => buckets.take('a', 0))).toEqual([0, 0, 0]);
    expect(buckets.take('a', 0)).toBeCloseTo(0.1);
    expect(buckets.take('a', 50)).toBeCloseTo(0.05);
    expect(buckets.take('a', 100)).toBe(0);
    expect(buckets.take('a', 100)).toBeGreaterThan(0);
  });

  it('is one per caller, and never holds more than its size', () => {
    const buckets = new TokenBuckets(10, 2);
    expect([0, 60_000, 60_000, 60_000].map((now) => buckets.take('a', now) === 0)).toEqual([true, true, true, false]);
    expect(buckets.take('b', 60_000)).toBe(0);
  });

  it('is not emptied by a look', () => {
    const buckets = new TokenBuckets(1, 1);
    expect([1, 2, 3].map(() => buckets.wait('a', 0))).toEqual([0, 0, 0]);
    expect(buckets.take('a', 0)).toBe(0);
    expect(buckets.wait('a', 0)).toBe(1);
  });

  it('is bottomless at 0 per second', () => {
    const buckets = new TokenBuckets(0, 0);
    expect(Array.from({ length: 100 }, () => buckets.take('a', 0)).every((wait) => wait === 0)).toBe(true);
  });

  it('does not remember callers without end', () => {
    const buckets = new TokenBuckets(1, 1);
    for (let caller = 0; caller < 50_000; caller += 1) buckets.take(String(caller), 0);
    buckets.take('one more', 0);
    expect(buckets.wait('0', 0)).toBe(0);
    expect(buckets.wait('one more', 0)).toBe(1);
  });
});
