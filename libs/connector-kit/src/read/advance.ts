import type { Stream } from '@trunkline/catalog';
import type { GoodAnswer } from '../answer/ask-provider.js';
import { nextPosition } from '../paginate/next-position.js';
import { malformed } from '../paginate/paginator.js';
import type { PageSeen } from '../paginate/paginator.js';
import { ProviderError } from '../provider-error.js';
import { lowerBound } from './cursor-range.js';
import { laterOf } from './cursor-value.js';
import { step } from './loop-guard.js';
import { checkedPosition } from './next-address.js';
import { readRecords } from './read-records.js';
import type { DatedRecord, Quarantined, ReadRecord } from './read-records.js';
import { seekOn, withoutSeen } from './seek.js';
import { selectRecords } from './select-records.js';
import { askedPageSize } from './stream-state.js';
import type { StreamState } from './stream-state.js';

/** One page, and where reading stands after it. */
export interface ReadPage {
  readonly records: ReadRecord[];
  /** To be kept once the records are safe; given back to `readStream` it goes on with the next page. */
  readonly state: StreamState;
  /** This was the last page of the pass. */
  readonly done: boolean;
  /** The pass reads everything, not only what changed: what it does not bring is not there any more. */
  readonly full: boolean;
  /** Size of the answer's body in bytes. */
  readonly bytes: number;
  readonly quarantined: Quarantined[];
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
function ceilingOf(state: StreamState, answer: GoodAnswer): number {
  if (state.ceiling !== null) return state.ceiling;
  const theirs = Date.parse(answer.headers['date'] ?? '');
  return Number.isNaN(theirs) ? state.startedAt : theirs;
}

/** The records this pass is about, and whether a newest-first stream has come to what is known. */
function within(dated: readonly DatedRecord[], stream: Stream, state: StreamState): { kept: readonly DatedRecord[]; reachedKnown: boolean } {
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

/** What a page's answer means and where reading stands after it. Pure. @throws ProviderError `malformed` or `looping` */
export function advance(stream: Stream, state: StreamState, answer: GoodAnswer, limits: ReadLimits): ReadPage {
  const selected = answer.ignored ? [] : selectRecords(answer.body, stream.recordSelector);
  const { dated, quarantined } = readRecords(selected, stream);
  const { kept, reachedKnown } = within(withoutSeen(dated, state.seek), stream, state);
  const newest = dated.reduce((latest, { cursor }) => laterOf(latest, cursor), state.newest);
  const pages = state.pages + 1;
  const after: StreamState = { ...state, newest, pages, ceiling: ceilingOf(state, answer), done: true, position: null, loop: null, seek: null };
  const page = (next: StreamState): ReadPage => ({
    records: kept.map(({ record }) => record),
    state: next,
    done: next.done,
    full: state.since === null,
    bytes: answer.bytes,
    quarantined,
  });
  if (answer.ignored || reachedKnown) return page(after);

  const { url, body, headers } = answer;
  const seen: PageSeen = { body, headers, url, records: selected, position: state.position, pageSize: askedPageSize(state) };
  const found = checkedPosition(nextPosition(stream.pagination, seen), url, limits.allowedOrigins, limits.credentialParameters);
  if (found === null) return page(after);
  if (JSON.stringify(found).length > maxPositionLength) throw malformed('the next cursor is too long to be kept');
  const { position, seek } = seekOn(stream, state, dated, found);
  const loop = step(state.loop, [position, seek?.since, seek?.size]);
  if (loop === null) throw new ProviderError('looping', `the stream ${stream.name} leads back to a page that was already read`);
  if (pages >= limits.maxPages) throw new ProviderError('looping', `the stream ${stream.name} has more than ${limits.maxPages} pages`);
  return page({ ...after, done: false, position, loop, seek });
}
