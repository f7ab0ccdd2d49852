import type { CursorFormat } from '@trunkline/catalog';
import { floorCursor, formatCursor, oneUnitEarlier, parseCursor } from './cursor-value.js';

const at = Date.UTC(2026, 0, 31, 13, 14, 15, 678);

describe('cursor values', () => {
  it.each<[CursorFormat, unknown, number | string | null]>([
    ['iso8601', '2026-01-31T13:14:15.678Z', at],
    ['iso8601', '2026-01-31T13:14:15.678999Z', at],
    ['iso8601', '2026-01-31 13:14:15.678', at],
    ['iso8601', '2026-01-31T14:14:15,678+01:00', at],
    ['iso8601', '2026-01-31T12:14:15.678-0100', at],
    ['iso8601', '2026-01-31T13:14:15.6Z', at - 78],
    ['iso8601', '2026-01-31T13:14Z', at - 15_678],
    ['iso8601', '2026-01-28T13:14:15.678Z', at - 3 * 86_400_000],
    ['iso8601', '2026-01-28T13:14:15Z', at - 3 * 86_400_000 - 678],
    ['iso8601', '2026-01-31', Date.UTC(2026, 0, 31)],
    ['iso8601', '0001-01-01T00:00:00', Date.parse('0001-01-01T00:00:00Z')],
    ['date', '2026-01-31', Date.UTC(2026, 0, 31)],
    ['compact_date', '20260131', Date.UTC(2026, 0, 31)],
    ['sql_datetime', '2026-01-31 13:14:15', at - 678],
    ['unix_seconds', 1769865255, at - 678],
    ['unix_seconds', '1769865255.678901', at],
    ['unix_milliseconds', String(at), at],
    ['integer', 42, 42],
    ['integer', '42', 42],
    ['string', 'abc', 'abc'],
    ['iso8601', '2026-02-30T00:00:00Z', null],
    ['iso8601', '2026-01-31T25:00:00Z', null],
    ['iso8601', '2026-13-01T00:00:00.000Z', null],
    ['iso8601', '2026-01-01T00:00:00xxxZ', null],
    ['iso8601', 'yesterday', null],
    ['iso8601', at, null],
    ['iso8601', null, null],
    ['compact_date', 20260131, null],
    ['unix_seconds', '', null],
    ['unix_seconds', 'NaN', null],
    ['integer', 1.5, null],
    ['integer', '9007199254740993', null],
    ['string', '', null],
    ['string', 7, null],
  ])('reads %s from %j', (format, raw, expected) => {
    expect(parseCursor(format, raw)).toBe(expected);
  });

  it.each<[CursorFormat, string | number]>([
    ['iso8601', '2026-01-31T13:14:15.678Z'],
    ['iso8601_seconds', '2026-01-31T13:14:15Z'],
    ['date', '2026-01-31'],
    ['compact_date', '20260131'],
    ['sql_datetime', '2026-01-31 13:14:15'],
    ['unix_seconds', 1769865255],
    ['unix_milliseconds', at],
  ])('writes %s, never later than the value, and reads back what it wrote', (format, expected) => {
    expect(formatCursor(format, at)).toBe(expected);
    expect(parseCursor(format, expected)).toBe(floorCursor(format, at));
    expect(floorCursor(format, at) as number).toBeLessThanOrEqual(at);
    expect(oneUnitEarlier(format, at) as number).toBeLessThan(at);
  });

  it('writes a moment even if a clock is beyond all years', () => {
    expect(formatCursor('iso8601', 1e20)).toBe('9999-12-31T00:00:00.000Z');
    expect(formatCursor('date', -1e20)).toBe('0001-01-01');
  });
});
