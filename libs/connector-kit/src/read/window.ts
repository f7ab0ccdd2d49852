import type { Slices } from '@trunkline/catalog';
import { ProviderError } from '../provider-error.js';
import { formatCursor, unitOf } from './cursor-value.js';
import type { HttpState } from './stream-state.js';

export type Window = NonNullable<HttpState['slice']>;

const second = 1_000;
const day = 86_400 * second;

const floored = (value: number, unit: number): number => Math.floor(value / unit) * unit;

const window = (start: number, width: number, until: number): Window => ({ start, end: Math.min(start + width, until), until, afterId: null, read: 0 });

/**
 * The first window of a pass: where the last pass ended less the lookback, or where the definition begins. The pass ends behind the unit that
 * holds the present, so that what happened up to now is in it.
 */
export function firstWindow(slices: Slices, since: number | null, now: number): Window {
  const unit = unitOf(slices.format);
  const beginning = slices.start === undefined ? now - (slices.startDaysAgo ?? 0) * day : Date.parse(slices.start);
  const until = floored(now, unit) + unit;
  const back = since === null ? beginning : since - slices.lookbackSeconds * second;
  // A number of days moves with the clock: after a long outage it would leave out what the last pass did not come to.
  const from = slices.start === undefined ? back : Math.max(beginning, back);
  return window(Math.min(floored(from, unit), until - unit), slices.stepSeconds * second, until);
}

/**
 * The window after this one, null after the last. After a halved one the windows widen again, each to twice the last, until they are as wide as
 * the definition says.
 */
export function nextWindow(slices: Slices, { start, end, until }: Window): Window | null {
  return end >= until ? null : window(end, Math.min(slices.stepSeconds * second, (end - start) * 2), until);
}

/** The first half of a window that has too much in it; null if it is one unit already. */
export function halved(slices: Slices, { start, end, until }: Window): Window | null {
  const unit = unitOf(slices.format);
  const half = Math.max(unit, floored((end - start) / 2, unit));
  return end - start <= unit ? null : window(start, half, until);
}

/** Where the next pass starts: the end of the last window, but not behind the unit that was not over when this pass began. */
export const reached = (slices: Slices, { until }: Window, began: number): number => Math.min(until, floored(began, unitOf(slices.format)));

const partsOf = (name: string, value: number): [string, number][] => {
  const date = new Date(value);
  return [
    [`${name}_year`, date.getUTCFullYear()],
    [`${name}_month`, date.getUTCMonth() + 1],
    [`${name}_day`, date.getUTCDate()],
  ];
};

/** `{{slice.…}}` of a window. */
export function sliceVariables(slices: Slices, { start, end, afterId }: Window): Record<string, string | number> {
  const { format, cap } = slices;
  const last = slices.end === 'inclusive' ? end - unitOf(format) : end;
  return {
    start: formatCursor(format, start),
    end: formatCursor(format, last),
    ...Object.fromEntries([...partsOf('start', start), ...partsOf('end', last)]),
    ...(cap?.idField !== undefined && { after_id: afterId ?? cap.idStart }),
  };
}

/** The smallest window has more than the provider gives, and nothing to go on by. Going on would leave records out without a word. */
export const tooFull = (streamName: string, max: number): ProviderError =>
  new ProviderError('malformed', `the stream ${streamName} has more than the ${max} records the provider gives for its smallest window`);
