import { hintedWaitMs, retryAfterMs } from './retry-after.js';

const now = Date.parse('2026-11-21T10:00:00Z');

describe('Retry-After', () => {
  it.each<[string, Record<string, string>, number | null]>([
    ['absent', {}, null],
    ['empty', { 'retry-after': '' }, null],
    ['seconds', { 'retry-after': '30' }, 30_000],
    ['seconds with a fraction', { 'retry-after': ' 2.0 ' }, 2_000],
    ['0', { 'retry-after': '0' }, 1_000],
    ['negative', { 'retry-after': '-5' }, 1_000],
    ['huge', { 'retry-after': '99999999999' }, 3_600_000],
    ['beyond numbers', { 'retry-after': '9'.repeat(400) }, 3_600_000],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 10:02:00 GMT' }, 120_000],
    ['a date by the provider\'s own clock', { 'retry-after': 'Sat, 21 Nov 2026 12:02:00 GMT', date: 'Sat, 21 Nov 2026 12:00:00 GMT' }, 120_000],
    ['a date that is past', { 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }, 1_000],
    ['a date next year', { 'retry-after': 'Sun, 21 Nov 2027 10:00:00 GMT' }, 3_600_000],
    ['words', { 'retry-after': 'soon' }, null],
    ['several', { 'retry-after': '5, 10' }, null],
  ])('%s', (_, headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });
});

describe('a wait told elsewhere', () => {
  it.each([
    ['a header of seconds', { header: 'X-Wait', format: 'seconds' }, { 'x-wait': '7' }, null, 7_000],
    ['a header with the time of reset', { header: 'X-Reset', format: 'unix_seconds' }, { 'x-reset': String(now / 1_000 + 9) }, null, 9_000],
    ['the time of reset in milliseconds', { header: 'X-Reset', format: 'unix_milliseconds' }, { 'x-reset': String(now + 9_000) }, null, 9_000],
    ['a field of milliseconds', { path: ['wait'], format: 'milliseconds' }, {}, { wait: 1_500 }, 1_500],
    ['nothing', { path: ['wait'], format: 'seconds' }, {}, { wait: null }, null],
    ['no number', { header: 'X-Wait', format: 'seconds' }, { 'x-wait': 'a while' }, null, null],
  ] as const)('%s', (_, hint, headers, body, expected) => {
    expect(hintedWaitMs(hint, headers as Record<string, string>, body, now)).toBe(expected);
  });
});
