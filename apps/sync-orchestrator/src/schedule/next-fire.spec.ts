import { latestFire, nextFire, readCron } from './next-fire.js';

const at = (text: string) => new Date(`2026-${text}Z`);

describe('a cron', () => {
  it.each([
    ['* * * * *', '01-01T12:00:00', '01-01T12:01:00'],
    ['* * * * *', '01-01T12:00:59.999', '01-01T12:01:00'],
    ['*/15 * * * *', '01-01T12:00:00.001', '01-01T12:15:00'],
    ['0 6 * * 1-5', '01-02T06:00:00', '01-05T06:00:00'],
    ['0 0 1 * *', '01-31T23:59:59', '02-01T00:00:00'],
    ['30 2 29 2 *', '03-01T00:00:00', null],
    ['0 9 * * MON', '01-01T12:00:00', '01-05T09:00:00'],
  ])('%s fires after %s at %s, in UTC', (cron, after, next) => {
    expect(nextFire(cron, at(after))).toEqual(next === null ? new Date('2028-02-29T02:30:00Z') : at(next));
  });

  it.each([
    ['61 * * * *', 'minute'],
    ['* * * *', 'has 4 fields'],
    ['0 * * * * *', 'has 6 fields'],
    ['@daily @daily @daily', 'has 3 fields'],
    ['a b c d e', 'illegal characters'],
    ['0 0 30 2 *', 'never comes'],
  ])('%s is refused in words', (cron, words) => {
    expect(() => readCron(cron)).toThrow(expect.objectContaining({ code: 'VALIDATION', message: expect.stringMatching(new RegExp(`^cron: .*${words}`)) as string }));
  });

  it('makes one fire of those that were missed: the newest', () => {
    expect(latestFire('*/5 * * * *', at('01-01T12:00:00'), at('01-01T12:17:30'))).toEqual(at('01-01T12:15:00'));
    expect(latestFire('*/5 * * * *', at('01-01T12:00:00'), at('01-01T12:15:00'))).toEqual(at('01-01T12:15:00'));
    expect(latestFire('*/5 * * * *', at('01-01T12:00:00'), at('01-01T12:00:00.400'))).toEqual(at('01-01T12:00:00'));
    // In the last second before the next one.
    expect(latestFire('* * * * *', at('01-01T09:00:00'), at('01-01T12:00:59.500'))).toEqual(at('01-01T12:00:00'));
  });
});
