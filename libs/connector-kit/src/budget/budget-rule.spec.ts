import { fullBudget, leaseMs, settle, take } from './budget-rule.js';
import type { BudgetState } from './budget-rule.js';
import { budgetSignal } from './budget-signal.js';

const rule = { requests: 10, perSeconds: 2 };
const spend = (state: BudgetState, times: number, now: number, of = rule) => {
  let [left, waitMs] = [state, 0];
  for (let turn = 0; turn < times; turn += 1) ({ state: left, waitMs } = take(left, of, now));
  return { left, waitMs };
};

describe('a budget', () => {
  it('gives so many at once, then one after the other as they come back, and never more than so many in any window', () => {
    const full = fullBudget(rule, 0);
    expect(spend(full, 10, 0).waitMs).toBe(0);
    const { left, waitMs } = spend(full, 11, 0);
    expect(waitMs).toBe(200);
    expect(take(left, rule, 199).waitMs).toBeGreaterThan(0);
    expect(take(left, rule, 200).waitMs).toBe(0);
    // After a long rest it is full, not fuller.
    expect(spend(left, 11, 1_000_000).waitMs).toBe(200);
  });

  it('is not filled by a clock that goes back', () => {
    const { left } = spend(fullBudget(rule, 1_000), 10, 1_000);
    expect(take(left, rule, 0).waitMs).toBeGreaterThan(0);
    expect(take(take(left, rule, 0).state, rule, 1_000).waitMs).toBeGreaterThan(0);
  });

  it('lets so many be under way, and takes a dead worker\'s place back', () => {
    const narrow = { ...rule, concurrency: 2 };
    const { left } = spend(fullBudget(narrow, 0), 2, 0, narrow);
    expect(take(left, narrow, 0).waitMs).toBeGreaterThan(0);
    expect(take(settle(left, narrow, null, 0), narrow, 0).waitMs).toBe(0);
    expect(take(left, narrow, leaseMs).waitMs).toBe(0);
  });

  it('believes the provider where it says less, never where it says more', () => {
    const { left } = spend(fullBudget(rule, 0), 1, 0);
    expect(settle(left, rule, { remaining: 2, notBefore: null }, 0).tokens).toBe(2);
    expect(settle(left, rule, { remaining: 100, notBefore: null }, 0).tokens).toBe(9);
    const told = settle(left, rule, { remaining: 0, notBefore: 5_000 }, 0);
    expect(take(told, rule, 4_000).waitMs).toBe(1_000);
    expect(settle(told, rule, { remaining: null, notBefore: 1_000 }, 0).notBefore).toBe(5_000);
    // Also where there is no rule but the answers.
    expect(take(settle(fullBudget(null, 0), null, { remaining: 0, notBefore: 700 }, 0), null, 0).waitMs).toBe(700);
    expect(take(fullBudget(null, 0), null, 0).waitMs).toBe(0);
  });
});

describe('what an answer says of the budget', () => {
  const now = 1_000_000;
  const of = (rate: object, headers: Record<string, string>, body: unknown = {}, status = 200) => budgetSignal(rate, { status, headers, body }, now);
  const byHeaders = { headers: { remaining: 'X-Remaining', reset: 'X-Reset', resetFormat: 'unix_seconds', reserve: 2 } };

  it.each<[string, ReturnType<typeof of>, unknown]>([
    ['calls left', of(byHeaders, { 'x-remaining': '12', 'x-reset': '1030' }), { remaining: 10, notBefore: null }],
    ['none left until a moment', of(byHeaders, { 'x-remaining': '2', 'x-reset': '1030' }), { remaining: 0, notBefore: now + 30_000 }],
    ['none left and no moment', of(byHeaders, { 'x-remaining': '0' }), { remaining: 0, notBefore: now + 1_000 }],
    ['used of all', of({ headers: { usedOf: 'X-Limit', resetFormat: 'seconds', reserve: 0 } }, { 'x-limit': '38/40' }), { remaining: 2, notBefore: null }],
    ['nonsense', of(byHeaders, { 'x-remaining': 'many' }), null],
    ['nothing', of({}, {}), null],
    ['Retry-After of a 429', of({}, { 'retry-after': '7' }, {}, 429), { remaining: null, notBefore: now + 7_000 }],
    ['Retry-After beside a 200', of({}, { 'retry-after': '7' }), null],
  ])('%s', (_, signal, expected) => {
    expect(signal).toEqual(expected);
  });

  it('points of a bucket: waits until the reserve is there again', () => {
    const rate = { body: { available: ['t', 'now'], maximum: ['t', 'max'], restorePerSecond: ['t', 'rate'], reserve: 100 } };
    expect(of(rate, {}, { t: { now: 500, max: 1000, rate: 50 } })).toEqual({ remaining: null, notBefore: null });
    expect(of(rate, {}, { t: { now: 0, max: 1000, rate: 50 } })).toEqual({ remaining: null, notBefore: now + 2_000 });
    expect(of(rate, {}, { t: { now: 0, max: 50, rate: 50 } })).toEqual({ remaining: null, notBefore: now + 1_000 });
    expect(of(rate, {}, {})).toBeNull();
  });
});
