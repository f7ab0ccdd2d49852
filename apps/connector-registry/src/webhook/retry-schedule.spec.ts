import { retryAfterOf, waitAfter } from './retry-schedule.js';
import { webhookSettings } from './webhook-settings.js';

const schedule = webhookSettings.webhookRetrySeconds.schema.parse(undefined);

it('waits longer each time, a fifth by chance, and gives up after the tenth attempt', () => {
  expect(schedule.map((_, index) => waitAfter(index + 1, schedule, 0, null))).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  expect(waitAfter(1, schedule, 1, null)).toBe(6);
  expect(waitAfter(10, schedule, 0, null)).toBeNull();
  expect(waitAfter(10, schedule, 0, 60)).toBeNull();
});

it('waits at least for as long as the endpoint says', () => {
  expect(waitAfter(1, schedule, 0, 60)).toBe(60);
  expect(waitAfter(2, schedule, 0, 60)).toBe(300);
});

const now = Date.UTC(2026, 0, 1, 12);
it.each<[Record<string, string>, number | null]>([
  [{}, null],
  [{ 'retry-after': '120' }, 120],
  [{ 'retry-after': '999999999' }, 86_400],
  [{ 'retry-after': 'Thu, 01 Jan 2026 12:02:00 GMT' }, 120],
  // The endpoint's clock is an hour ahead.
  [{ 'retry-after': 'Thu, 01 Jan 2026 13:02:00 GMT', date: 'Thu, 01 Jan 2026 13:00:00 GMT' }, 120],
  [{ 'retry-after': 'Thu, 01 Jan 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after': '-5' }, null],
  [{ 'retry-after': '1.5' }, null],
  [{ 'retry-after': 'soon' }, null],
  [{ 'retry-after': 'Soon' }, null],
])('reads %j', (headers, seconds) => {
  expect(retryAfterOf(headers, now)).toBe(seconds);
});

it.each(['', '5,,6', 'x', '-1', '5,700000', Array.from({ length: 21 }, () => '1').join(',')])('takes no schedule like %j', (text) => {
  expect(webhookSettings.webhookRetrySeconds.schema.safeParse(text).success).toBe(false);
});
