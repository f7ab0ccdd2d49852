import type { HttpStream } from '@trunkline/catalog';
import type { GoodAnswer } from '../answer/ask-provider.js';
import { nextPosition } from '../paginate/next-position.js';
import { malformed } from '../paginate/paginator.js';
import type { PageSeen } from '../paginate/paginator.js';
import { holds } from '../answer/classify-answer.js';
import { ProviderError } from '../provider-error.js';
import type { TemplateValues } from '../render/render-template.js';
import { capped } from './capped.js';
import { lowerBound } from './cursor-range.js';
import { laterOf } from './cursor-value.js';
import { step } from './loop-guard.js';
import { checkedPosition } from './next-address.js';
import { readRecords } from './read-records.js';
import type { DatedRecord, Quarantined, ReadRecord } from './read-records.js';
import { seekOn, withoutSeen } from './seek.js';
import { selectRecords } from './select-records.js';
import { shapeRecords } from './shape-record.js';
import { askedPageSize } from './stream-state.js';
import type { HttpState } from './stream-state.js';
import { nextWindow } from './window.js';

/** A page of one parent and what is left of it. */
export interface Advanced {
  readonly records: ReadRecord[];
  readonly quarantined: Quarantined[];
  readonly bytes: number;
  /** `done` here: this parent's pages and windows are through. */
  readonly state: HttpState;
}

/** The bounds a stream is read within. */
export interface ReadLimits {
  readonly allowedOrigins: readonly string[];
  readonly credentialParameters: ReadonlySet<string>;
  readonly maxPages: number;
}

/** Longest cursor or address that is kept: three bytes a character still leave room below 64 KiB. */
const maxPositionLength = 16_384;

/** The provider's own clock, from its first answer; ours if it does not tell. */
function ceilingOf(state: HttpState, answer: GoodAnswer): number {
  if (state.ceiling !== null) return state.ceiling;
  const theirs = Date.parse(answer.headers['date'] ?? '');
  return Number.isNaN(theirs) ? state.startedAt : theirs;
}

/** The records this pass is about, and whether a newest-first stream has come to what is known. */
function within(dated: readonly DatedRecord[], stream: HttpStream, state: HttpState): { kept: readonly DatedRecord[]; reachedKnown: boolean } {
  const { incremental } = stream;
  const bound = incremental === undefined || incremental.mode === 'filter' ? null : lowerBound(state, incremental);
  if (bound !== null) {
    const kept = dated.filter(({ cursor }) => cursor === null || cursor >= bound);
    return { kept, reachedKnown: incremental?.mode === 'descending' && kept.length < dated.length };
  }
  // Going on by value turns a filter on that a full pass does not have, and with it come tombstones of rows it never saw.
  const isFull = state.since === null && state.seek !== null;
  return { kept: isFull ? dated.filter(({ record }) => record.op === 'upsert') : dated, reachedKnown: false };
}

/** The next window, at its first page; or the end of this parent. */
function turned(stream: HttpStream, state: HttpState): HttpState {
  const next = stream.slices && state.slice ? nextWindow(stream.slices, state.slice) : null;
  const atFirstPage = { ...state, position: null, loop: null, seek: null };
  return next === null ? { ...atFirstPage, done: true } : { ...atFirstPage, pages: 0, slice: next, done: false };
}

/** What a page's answer means and where reading stands after it. Pure. @throws ProviderError `malformed` or `looping` */
export function advance(stream: HttpStream, state: HttpState, answer: GoodAnswer, values: TemplateValues, limits: ReadLimits): Advanced {
  const { recordFilter } = stream.recordSelector;
  const selected = answer.ignored ? [] : selectRecords(answer.body, stream.recordSelector, stream.answer);
  const wanted = recordFilter.length === 0 ? selected : selected.filter((record) => recordFilter.every((condition) => holds(condition, record)));
  const { dated, quarantined } = readRecords(shapeRecords(wanted, answer.body, stream, values), stream);
  const { kept, reachedKnown } = within(withoutSeen(dated, state.seek), stream, state);
  const newest = dated.reduce((latest, { cursor }) => laterOf(latest, cursor), state.newest);
  const pages = state.pages + 1;
  const after: HttpState = {
    ...state,
    newest,
    pages,
    ceiling: ceilingOf(state, answer),
    clean: state.clean && !answer.ignored && quarantined.length === 0,
    slice: state.slice && { ...state.slice, read: state.slice.read + selected.length },
  };
  const page = (next: HttpState): Advanced => ({ records: kept.map(({ record }) => record), state: next, bytes: answer.bytes, quarantined });
  if (answer.ignored || reachedKnown) return page(turned(stream, after));

  const { url, body, headers } = answer;
  const overfull = capped(stream, after, body, selected);
  if (overfull !== null) return page(overfull === 'over' ? turned(stream, after) : overfull);

  const seen: PageSeen = { body, headers, url, records: selected, position: state.position, pageSize: askedPageSize(state) };
  const found = checkedPosition(nextPosition(stream.pagination, seen), url, limits.allowedOrigins, limits.credentialParameters);
  if (found === null) return page(turned(stream, after));
  if (JSON.stringify(found).length > maxPositionLength) throw malformed('the next cursor is too long to be kept');
  const { position, seek } = seekOn(stream, state, dated, found);
  const loop = step(state.loop, [position, seek?.since, seek?.size]);
  if (loop === null) throw new ProviderError('looping', `the stream ${stream.name} leads back to a page that was already read`);
  if (pages >= limits.maxPages) throw new ProviderError('looping', `the stream ${stream.name} has more than ${limits.maxPages} pages`);
  return page({ ...after, done: false, position, loop, seek });
}
