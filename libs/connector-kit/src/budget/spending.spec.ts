import { batchOf, graceOf, leaseMs, settleSpending, spend, unspent, type Spending } from './spending.js';

const rule = { requests: 10, perSeconds: 2 };

/** Spends as soon as it may, from a moment on; the moments of the grants. */
function busy(of: typeof rule, until: number, step = 7): number[] {
  let state: Spending = unspent;
  const moments: number[] = [];
  for (let now = 0; now < until; now += step) {
    const grant = spend(state, of, now, 1, 'a');
    state = grant.state;
    if (grant.granted > 0) moments.push(now);
  }
  return moments;
}

describe('a budget over a sliding window', () => {
  it.each([rule, { requests: 1, perSeconds: 1 }, { requests: 100, perSeconds: 10 }, { requests: 40, perSeconds: 1 }])('never allows more than %j, wherever the window begins and however late each is used', (of) => {
    const moments = busy(of, 40_000);
    const window = of.perSeconds * 1_000;
    for (const [index, from] of moments.entries()) {
      // The first is used at the end of its grace, all others at once.
      const within = moments.slice(index).filter((moment) => moment < from + graceOf(of) + window);
      expect(within.length).toBeLessThanOrEqual(of.requests);
    }
    // And what it allows comes to most of what it may.
    expect(moments.length).toBeGreaterThan(0.6 * ((40_000 / window) * of.requests));
  });

  it('says how long to wait, and is right', () => {
    let state = spend(unspent, rule, 1_000, 10, 'a').state;
    const refused = spend(state, rule, 1_050, 1, 'a');
    expect(refused).toMatchObject({ granted: 0, free: 0 });
    state = refused.state;
    expect(spend(state, rule, 1_050 + refused.waitMs - 1, 1, 'a').granted).toBe(0);
    expect(spend(state, rule, 1_050 + refused.waitMs, 1, 'a').granted).toBe(1);
  });

  it('gives what is left where more is wanted, and takes small batches', () => {
    expect(spend(unspent, rule, 0, 16, 'a').granted).toBe(10);
    expect(batchOf(rule)).toBe(1);
    expect(batchOf({ requests: 600, perSeconds: 60 })).toBe(12);
    expect(batchOf({ requests: 1_000_000, perSeconds: 1 })).toBe(16);
    expect(batchOf({ requests: 600, perSeconds: 60, concurrency: 3 })).toBe(1);
  });

  it('is not filled by a clock that goes back, nor by another rule', () => {
    const { state } = spend(unspent, rule, 100_000, 10, 'a');
    expect(spend(state, rule, 0, 1, 'a').granted).toBe(0);
    expect(spend(state, { requests: 10, perSeconds: 3 }, 100_000, 1, 'a').granted).toBe(0);
  });

  it('lets so many be under way, and takes a dead worker\'s place back', () => {
    const narrow = { ...rule, concurrency: 2 };
    const one = spend(unspent, narrow, 0, 1, 'a').state;
    const two = spend(one, narrow, 0, 1, 'b').state;
    expect(spend(two, narrow, 0, 1, 'c')).toMatchObject({ granted: 0, waitMs: 250 });
    expect(spend(settleSpending(two, narrow, null, 0, 'a'), narrow, 0, 1, 'c').granted).toBe(1);
    expect(spend(settleSpending(two, narrow, null, 0, 'unknown'), narrow, 0, 1, 'c').granted).toBe(0);
    expect(spend(two, narrow, leaseMs, 1, 'c').granted).toBe(1);
  });

  it('believes the provider where it says less, never where it says more', () => {
    const { state } = spend(unspent, rule, 0, 1, 'a');
    expect(spend(settleSpending(state, rule, { remaining: 2, notBeforeMs: null }, 0, ''), rule, 0, 16, 'a').granted).toBe(2);
    expect(spend(settleSpending(state, rule, { remaining: 100, notBeforeMs: null }, 0, ''), rule, 0, 16, 'a').granted).toBe(9);
    const told = settleSpending(state, rule, { remaining: null, notBeforeMs: 5_000 }, 0, '');
    expect(spend(told, rule, 4_000, 1, 'a')).toMatchObject({ granted: 0, waitMs: 1_000 });
    expect(settleSpending(told, rule, { remaining: null, notBeforeMs: 1_000 }, 0, '').notBefore).toBe(5_000);
    expect(settleSpending(told, rule, { remaining: null, notBeforeMs: 1e12 }, 0, '').notBefore).toBe(3_600_000);
    // Also where there is no rule but the answers.
    expect(spend(settleSpending(unspent, null, { remaining: 0, notBeforeMs: 700 }, 0, ''), null, 0, 1, 'a').waitMs).toBe(700);
    expect(spend(unspent, null, 0, 3, 'a').granted).toBe(3);
  });
});
