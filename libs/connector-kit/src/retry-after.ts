import type { WaitHint } from '@trunkline/catalog';
import { readPath } from './read-path.js';

const second = 1_000;
const hour = 3_600 * second;

/** Providers say 0, minus one or next year; none of these is a wait to keep to. */
const clamp = (milliseconds: number): number => Math.min(hour, Math.max(second, Math.round(milliseconds)));

/**
 * `Retry-After` (RFC 9110 §10.2.3) as milliseconds from now, between 1 s and 1 h; null if absent or unreadable. Seconds may have a
 * fraction (Shopify sends `2.0`). A date is compared with the answer's own `Date`, so that a wrong clock on either side does not matter.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number = Date.now()): number | null {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return null;
  if (/^[+-]?\d+(?:\.\d+)?$/.test(text)) return clamp(Number(text) * second);
  // Date.parse takes nearly anything for a date ("5, 10", a repeated header, becomes the 10th of May).
  const until = /^(?:[A-Z][a-z]{2,8}, ?\d|\d{4}-\d\d-\d\dT)/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(until)) return null;
  const theirNow = Date.parse(headers['date'] ?? '');
  return clamp(until - (Number.isNaN(theirNow) ? now : theirNow));
}

/** The same from wherever else a connector's definition says the provider puts it. */
export function hintedWaitMs(hint: WaitHint, headers: Readonly<Record<string, string>>, body: unknown, now: number = Date.now()): number | null {
  const raw = hint.header === undefined ? readPath(body, hint.path ?? []) : headers[hint.header.toLowerCase()];
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  switch (hint.format) {
    case 'seconds':
      return clamp(value * second);
    case 'milliseconds':
      return clamp(value);
    case 'unix_seconds':
      return clamp(value * second - now);
    case 'unix_milliseconds':
      return clamp(value - now);
  }
}
