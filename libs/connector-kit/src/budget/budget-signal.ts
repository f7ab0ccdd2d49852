import { readPath } from '../read-path.js';
import { hintedWaitMs, retryAfterMs } from '../retry-after.js';
import type { BudgetSignal, RateVocabulary } from './budget.js';

type Headers = Readonly<Record<string, string>>;

/** A number at the beginning of a text: `12`, and `12;w=60` as later drafts of the RateLimit headers write it. */
function count(text: string | undefined): number | null {
  const found = /^\s*(\d{1,15}(?:\.\d+)?)/.exec(text ?? '')?.[1];
  return found === undefined ? null : Number(found);
}

const numberAt = (body: unknown, path: readonly string[]): number | null => {
  const raw = readPath(body, path);
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};

/** Where no reset is told: long enough for a window of seconds to move on, short enough not to stand still for one of hours. */
const unknownResetMs = 1_000;

function byHeaders(rate: NonNullable<RateVocabulary['headers']>, headers: Headers, now: number): BudgetSignal | null {
  const usedOf = rate.usedOf === undefined ? null : /^\s*(\d{1,12})\s*\/\s*(\d{1,12})/.exec(headers[rate.usedOf.toLowerCase()] ?? '');
  const left = usedOf ? Number(usedOf[2]) - Number(usedOf[1]) : rate.remaining === undefined ? null : count(headers[rate.remaining.toLowerCase()]);
  if (left === null) return null;
  const remaining = Math.max(0, left - rate.reserve);
  if (remaining > 0) return { remaining, notBefore: null };
  const wait = rate.reset === undefined ? null : hintedWaitMs({ header: rate.reset, path: undefined, format: rate.resetFormat }, { [rate.reset.toLowerCase()]: String(count(headers[rate.reset.toLowerCase()]) ?? '') }, undefined, now);
  return { remaining, notBefore: now + (wait ?? unknownResetMs) };
}

/** A bucket of points that fills by itself: waits until the reserve is there again. */
function byBody(rate: NonNullable<RateVocabulary['body']>, body: unknown, now: number): BudgetSignal | null {
  const [available, maximum, restore] = [numberAt(body, rate.available), numberAt(body, rate.maximum), numberAt(body, rate.restorePerSecond)];
  if (available === null) return null;
  const wanted = Math.min(rate.reserve, maximum ?? rate.reserve);
  if (available >= wanted) return { remaining: null, notBefore: null };
  const waitMs = restore === null || restore <= 0 ? unknownResetMs : ((wanted - available) / restore) * 1_000;
  return { remaining: null, notBefore: now + Math.min(60_000, Math.ceil(waitMs)) };
}

/** What an answer says of the budget: documented headers, points in the body, and a 429's or 503's Retry-After. Null if nothing. Pure. */
export function budgetSignal({ headers: rateHeaders, body: rateBody }: RateVocabulary, answer: { status: number; headers: Headers; body: unknown }, now: number): BudgetSignal | null {
  const told = (rateHeaders && byHeaders(rateHeaders, answer.headers, now)) ?? null;
  const points = (rateBody && byBody(rateBody, answer.body, now)) ?? null;
  const asked = answer.status === 429 || answer.status === 503 ? retryAfterMs(answer.headers, now) : null;
  const moments = [told?.notBefore, points?.notBefore, asked === null ? null : now + asked].filter((moment): moment is number => typeof moment === 'number');
  if (told === null && points === null && moments.length === 0) return null;
  return { remaining: told?.remaining ?? null, notBefore: moments.length === 0 ? null : Math.max(...moments) };
}
