import { nextRunAfterChange, whenChanged, whenOf, type Moved } from './when.js';

const now = new Date('2026-01-01T12:00:30Z');
const soon = new Date('2026-01-01T12:10:00Z');
const before = (more: Partial<Moved['before']> = {}): Moved['before'] => ({ intervalSeconds: 3_600, cron: null, nextRunAt: soon, enabled: true, ...more });
const after = (more: Partial<Moved['after']>): Moved['after'] => ({ intervalSeconds: null, cron: null, enabled: true, ...more });
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

describe('when a flow runs', () => {
  it('is every hour unless something else is said, and may be never', () => {
    expect(whenOf({})).toEqual({ intervalSeconds: 3_600, cron: null });
    expect(whenOf({ cron: '0 6 * * *' })).toEqual({ intervalSeconds: null, cron: '0 6 * * *' });
    expect(whenOf({ intervalSeconds: null })).toEqual({ intervalSeconds: null, cron: null });
  });

  it('changes from the one kind to the other, and to none', () => {
    expect(whenChanged({ intervalSeconds: 60, cron: null }, { cron: '0 6 * * *' })).toEqual({ intervalSeconds: null, cron: '0 6 * * *' });
    expect(whenChanged({ intervalSeconds: null, cron: '0 6 * * *' }, { intervalSeconds: 60 })).toEqual({ intervalSeconds: 60, cron: null });
    expect(whenChanged({ intervalSeconds: null, cron: '0 6 * * *' }, { intervalSeconds: null })).toEqual({ intervalSeconds: null, cron: '0 6 * * *' });
    expect(whenChanged({ intervalSeconds: 60, cron: null }, { intervalSeconds: null })).toEqual({ intervalSeconds: null, cron: null });
    expect(whenChanged({ intervalSeconds: 60, cron: null }, {})).toEqual({ intervalSeconds: 60, cron: null });
  });

  it.each<[string, Moved, Date | null]>([
    ['a shorter interval counts from now', { before: before(), after: after({ intervalSeconds: 60 }) }, inSeconds(60)],
    ['a longer one from the fire that is next', { before: before(), after: after({ intervalSeconds: 86_400 }) }, soon],
    ['the same stays', { before: before(), after: after({ intervalSeconds: 3_600 }) }, soon],
    ['an interval in place of a cron counts from now', { before: before({ intervalSeconds: null, cron: '0 6 * * *' }), after: after({ intervalSeconds: 60 }) }, inSeconds(60)],
    ['a cron fires at its next moment', { before: before(), after: after({ cron: '*/5 * * * *' }) }, new Date('2026-01-01T12:05:00Z')],
    ['an unchanged cron keeps its fire', { before: before({ intervalSeconds: null, cron: '*/5 * * * *' }), after: after({ cron: '*/5 * * * *' }) }, soon],
    ['what a pause let pass is not made up for', { before: before({ intervalSeconds: null, cron: '*/5 * * * *', enabled: false, nextRunAt: new Date(0) }), after: after({ cron: '*/5 * * * *' }) }, new Date('2026-01-01T12:05:00Z')],
    ['without either there is no next one', { before: before(), after: after({}) }, null],
  ])('%s', (_, moved, next) => {
    expect(nextRunAfterChange(moved, now)).toEqual(next);
  });
});
