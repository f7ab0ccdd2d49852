import type { CursorFormat } from '@trunkline/catalog';

/** A cursor value that can be compared: milliseconds since 1970 for times, else the number or the text itself. */
export type CursorValue = number | string;

const second = 1_000;
const day = 86_400 * second;

/** The smallest step of a format: what lies within one is a tie. */
const units: Readonly<Record<Exclude<CursorFormat, 'string' | 'big_integer'>, number>> = {
  iso8601: 1,
  iso8601_seconds: second,
  date: day,
  compact_date: day,
  sql_datetime: second,
  unix_seconds: second,
  unix_milliseconds: 1,
  integer: 1,
};

/** ISO 8601 as providers write it: a space for the T, no zone (then UTC, unlike `Date.parse`), any number of fraction digits. */
const moment = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(?:(Z)|([+-])(\d\d):?(\d\d)?))?)?$/i;

/** Milliseconds of a format's unit; 1 for what is no time. */
export const unitOf = (format: CursorFormat): number => (format === 'string' || format === 'big_integer' ? 1 : units[format]);

/**
 * Whole numbers of any size as texts that sort like them: the count of digits before the digits. A double cannot hold an id beyond 2^53, and
 * a comparison of the bare digits would put 10 before 9.
 */
const sortable = (digits: string): string => `${String(digits.length).padStart(2, '0')}:${digits}`;
const digitsOf = (value: string): string => value.slice(3);

function parseBigInteger(raw: unknown): string | null {
  const text = typeof raw === 'number' && Number.isSafeInteger(raw) ? String(raw) : raw;
  if (typeof text !== 'string' || !/^\d{1,40}$/.test(text)) return null;
  return sortable(text.replace(/^0+(?=\d)/, ''));
}

/** Two digits of a text as a number, NaN if they are none. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/**
 * `2026-01-31T13:14:15.678Z` or without the fraction, up to the 28th of a month: what nearly every provider sends on nearly every
 * record. Several times faster than the expression above; NaN for anything else.
 */
function plainMoment(text: string): number {
  const fraction = text.length === 24 && text[19] === '.';
  if ((!fraction && text.length !== 20) || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':' || !text.endsWith('Z')) return Number.NaN;
  const [year, month, date] = [two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8)];
  const [hour, minute, seconds] = [two(text, 11), two(text, 14), two(text, 17)];
  const fits = year >= 100 && month >= 1 && month <= 12 && date >= 1 && date <= 28 && hour < 24 && minute < 60 && seconds < 60;
  return fits ? Date.UTC(year, month - 1, date, hour, minute, seconds, fraction ? two(text, 20) * 10 + (two(text, 21) % 10) : 0) : Number.NaN;
}

function parseMoment(text: string): number | null {
  const plain = plainMoment(text);
  if (!Number.isNaN(plain)) return plain;
  const found = moment.exec(text);
  if (found === null) return null;
  const [, year, month, date, hour = '0', minute = '0', seconds = '0', fraction = '', , sign, offsetHours = '0', offsetMinutes = '0'] = found;
  // Unlike Date.UTC this takes the year 1 for the year 1 (.NET's zero date), but like it makes March of the 30th of February.
  const day = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(date));
  if (new Date(day).toISOString().slice(5, 10) !== `${month}-${date}` || Number(hour) > 24 || Number(minute) > 59 || Number(seconds) > 60) return null;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60 : 60) * second;
  const value = day + ((Number(hour) * 60 + Number(minute)) * 60 + Number(seconds)) * second + Number(fraction.padEnd(3, '0').slice(0, 3)) - offset;
  return Number.isFinite(value) ? value : null;
}

const finite = (raw: unknown): number | null => {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};

/** A record's cursor value; null if it has none that can be read. Never rounds up: a value may only seem older than it is. */
export function parseCursor(format: CursorFormat, raw: unknown): CursorValue | null {
  switch (format) {
    case 'string':
      return typeof raw === 'string' && raw !== '' ? raw : null;
    case 'big_integer':
      return parseBigInteger(raw);
    case 'integer': {
      const value = finite(raw);
      return value !== null && Number.isSafeInteger(value) ? value : null;
    }
    case 'unix_seconds': {
      const value = finite(raw);
      return value === null ? null : Math.floor(value * second);
    }
    case 'unix_milliseconds': {
      const value = finite(raw);
      return value === null ? null : Math.floor(value);
    }
    case 'compact_date':
      return typeof raw === 'string' && /^\d{8}$/.test(raw) ? parseMoment(`${raw.slice(0, 4)}-${raw.slice(4, 6)}-${raw.slice(6)}`) : null;
    default:
      return typeof raw === 'string' ? parseMoment(raw) : null;
  }
}

/** Cuts a value down to the format's unit: as it will be read back from a request. */
export const floorCursor = (format: CursorFormat, value: CursorValue): CursorValue =>
  format === 'string' || format === 'big_integer' || typeof value === 'string' ? value : Math.floor(value / units[format]) * units[format];

/** One unit of the format earlier; a text has none. */
export function oneUnitEarlier(format: CursorFormat, value: CursorValue): CursorValue {
  if (format === 'big_integer' && typeof value === 'string') {
    const number = BigInt(digitsOf(value));
    return sortable(String(number === 0n ? 0n : number - 1n));
  }
  return format === 'string' || format === 'big_integer' || typeof value === 'string' ? value : value - units[format];
}

/** Years a request can name. Beyond them there is no data, only broken clocks. */
const earliest = Date.parse('0001-01-01T00:00:00Z');
const latest = Date.UTC(9999, 11, 31);

/** The value as a request writes it, cut down to the format's unit. */
export function formatCursor(format: CursorFormat, value: CursorValue): string | number {
  if (format === 'big_integer') return digitsOf(String(value));
  if (typeof value === 'string' || format === 'string' || format === 'integer') return value;
  if (format === 'unix_milliseconds') return value;
  if (format === 'unix_seconds') return Math.floor(value / second);
  const iso = new Date(Math.min(latest, Math.max(earliest, value))).toISOString();
  switch (format) {
    case 'iso8601':
      return iso;
    case 'iso8601_seconds':
      return `${iso.slice(0, 19)}Z`;
    case 'sql_datetime':
      return iso.slice(0, 19).replace('T', ' ');
    case 'date':
      return iso.slice(0, 10);
    case 'compact_date':
      return iso.slice(0, 10).replaceAll('-', '');
  }
}

/** The later of two; null is before everything. */
export const laterOf = (left: CursorValue | null, right: CursorValue | null): CursorValue | null =>
  left === null ? right : right === null || left >= right ? left : right;
