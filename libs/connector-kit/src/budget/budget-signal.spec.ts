import { budgetSignal } from './budget-signal.js';

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
