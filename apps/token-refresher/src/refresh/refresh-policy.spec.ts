import { judgeRefusal, lifetimeOf, marginOf, pauseAfter, scheduleOf, spread, type RefreshPolicy } from './refresh-policy.js';

const policy: RefreshPolicy = {
  marginMaxSeconds: 900,
  marginMinSeconds: 30,
  jitterSeconds: 30,
  idleSeconds: 86_400,
  backoffMinSeconds: 30,
  backoffMaxSeconds: 900,
  doubtSeconds: 600,
  confirmSeconds: 30,
};
const ids = Array.from({ length: 500 }, (_, index) => `conn_${index}`);

describe('margin', () => {
  it.each([
    [7_200, 900, 930],
    [3_600, 900, 930],
    [1_200, 600, 630],
    [300, 150, 180],
    [120, 60, 90],
  ])('of a token that lives %i s is between %i and %i s, whatever the id', (lifetime, least, most) => {
    const margins = ids.map((id) => marginOf(lifetime, id, policy));
    expect(Math.min(...margins)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...margins)).toBeLessThanOrEqual(most);
    // Spread, not all alike.
    expect(Math.max(...margins) - Math.min(...margins)).toBeGreaterThan(25);
  });

  it.each([1, 10, 40, 59])('of a short token (%i s) is half its life', (lifetime) => {
    for (const id of ids.slice(0, 20)) expect(marginOf(lifetime, id, policy)).toBe(lifetime / 2);
  });

  it.each([15, 60, 365])('of a token that lives %i days is at least a week', (days) => {
    for (const id of ids.slice(0, 20)) {
      const margin = marginOf(days * 86_400, id, policy);
      expect(margin).toBeGreaterThanOrEqual(7 * 86_400);
      expect(margin).toBeLessThanOrEqual(7 * 86_400 + 30);
    }
  });

  it('never eats more than three quarters of a life', () => {
    for (let lifetime = 1; lifetime < 4_000; lifetime += 7) for (const id of ids.slice(0, 20)) expect(marginOf(lifetime, id, policy)).toBeLessThanOrEqual(lifetime * 0.75);
  });

  it('is always the same for one connection', () => {
    expect(marginOf(3_600, 'conn_1', policy)).toBe(marginOf(3_600, 'conn_1', policy));
  });
});

describe('life of a token', () => {
  it.each([null, 0, -1, -3_600, NaN, Infinity, -Infinity])('is unknown for %p', (value) => expect(lifetimeOf(value)).toBeNull());
  it('is cut to ten years', () => expect(lifetimeOf(1e15)).toBe(315_360_000));
  it('is taken as it is otherwise', () => expect(lifetimeOf(3_599.5)).toBe(3_599.5));
});

describe('schedule', () => {
  it('renews before the margin', () => {
    const { lifetimeSeconds, dueInSeconds } = scheduleOf({ expiresInSeconds: 3_600, refreshable: true, id: 'conn_1' }, policy);
    expect(lifetimeSeconds).toBe(3_600);
    expect(dueInSeconds).toBeGreaterThanOrEqual(3_600 - 930);
    expect(dueInSeconds).toBeLessThanOrEqual(3_600 - 900);
  });

  it.each([null, 90 * 86_400])('uses an idle refresh token (life %p) between 18 and 24 hours, spread by id', (expiresInSeconds) => {
    const dues = ids.map((id) => scheduleOf({ expiresInSeconds, refreshable: true, id }, policy).dueInSeconds!);
    expect(Math.min(...dues)).toBeGreaterThanOrEqual(18 * 3_600);
    expect(Math.max(...dues)).toBeLessThanOrEqual(24 * 3_600);
    const perHour = Array.from({ length: 6 }, (_, hour) => dues.filter((due) => Math.floor(due / 3_600) === 18 + hour).length);
    for (const count of perHour) expect(count).toBeGreaterThan(50);
  });

  it('looks at what cannot be renewed when it dies, and never at what does not', () => {
    expect(scheduleOf({ expiresInSeconds: 3_600, refreshable: false, id: 'c' }, policy).dueInSeconds).toBe(3_600);
    expect(scheduleOf({ expiresInSeconds: null, refreshable: false, id: 'c' }, policy).dueInSeconds).toBeNull();
  });
});

describe('pause after a failure', () => {
  it('doubles from 30 seconds to 15 minutes, with jitter upwards', () => {
    expect([1, 2, 3, 4, 5].map((failures) => pauseAfter(failures, null, policy, () => 0))).toEqual([30, 60, 120, 240, 480]);
    for (let failures = 1; failures < 60; failures += 1) {
      for (const random of [0, 0.5, 1]) {
        const pause = pauseAfter(failures, null, policy, () => random);
        expect(pause).toBeGreaterThanOrEqual(30);
        expect(pause).toBeLessThanOrEqual(900);
      }
    }
    expect(pauseAfter(50, null, policy, () => 1)).toBe(900);
  });

  it.each([
    [10, 10],
    [0, 1],
    [-7, 1],
    [86_400, 3_600],
  ])('keeps to a Retry-After of %i s as %i s', (asked, kept) => expect(pauseAfter(1, asked, policy)).toBe(kept));

  it('grows with a provider that goes on failing, however soon it says it will be back', () => {
    expect([1, 2, 3, 4, 5, 6].map((failures) => pauseAfter(failures, 0, policy, () => 0))).toEqual([1, 30, 60, 120, 240, 480]);
    expect(pauseAfter(4, 3_600, policy)).toBe(3_600);
  });
});

describe('invalid_grant', () => {
  const judge = (over: Partial<Parameters<typeof judgeRefusal>[0]>) => judgeRefusal({ outcomeUnknown: false, secondsSinceSuccess: 3_600, secondsSinceFirstRefusal: null, ...over }, policy);

  it('is believed at once long after the last success', () => expect(judge({})).toEqual({ kind: 'broken', reason: 'reauth_required' }));
  it('is doubted soon after a success', () => expect(judge({ secondsSinceSuccess: 599 })).toEqual({ kind: 'ask-again', inSeconds: 30, first: true }));
  it('is no confirmation when it comes too soon', () => expect(judge({ secondsSinceSuccess: 20, secondsSinceFirstRefusal: 12 })).toEqual({ kind: 'ask-again', inSeconds: 18, first: false }));
  it('is confirmed by a second one 30 seconds later', () => expect(judge({ secondsSinceSuccess: 50, secondsSinceFirstRefusal: 30 })).toEqual({ kind: 'broken', reason: 'reauth_required' }));
  it('says so when an earlier request may have used the token up', () =>
    expect(judge({ outcomeUnknown: true, secondsSinceSuccess: 1 })).toEqual({ kind: 'broken', reason: 'refresh_outcome_unknown' }));
});

it('spreads ids evenly and independently for each purpose', () => {
  const values = ids.map((id) => spread(id, 'margin'));
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(values.filter((value) => value < 0.5).length).toBeGreaterThan(200);
  expect(values.filter((value) => value < 0.5).length).toBeLessThan(300);
  expect(spread('conn_1', 'idle')).not.toBe(spread('conn_1', 'margin'));
});
