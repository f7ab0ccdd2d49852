import type { HttpStream } from '@trunkline/catalog';
import { isHttpStream } from '@trunkline/catalog';
import { askProvider } from '../answer/ask-provider.js';
import type { GoodAnswer } from '../answer/ask-provider.js';
import type { Credential } from '../credential.js';
import type { Position } from '../paginate/paginator.js';
import { ProviderError } from '../provider-error.js';
import type { BoundConnector } from '../render/bind-connector.js';
import { buildRequest } from '../render/build-request.js';
import type { TemplateValues } from '../render/render-template.js';
import { advance } from './advance.js';
import type { Advanced, ReadLimits } from './advance.js';
import { cursorVariables } from './cursor-range.js';
import { Parents } from './parents.js';
import type { Ended, Place } from './parents.js';
import { persist } from './persist.js';
import type { ReadPage } from './read-page.js';
import type { ReadStreamOptions } from './read-stream.js';
import { sameCredential } from './same-credential.js';
import { askedPageSize, beginState } from './stream-state.js';
import type { HttpState } from './stream-state.js';
import { firstWindow, reached, sliceVariables } from './window.js';
import { withBudget } from './with-budget.js';

export type ReadEnvironment = Pick<ReadStreamOptions, 'egress' | 'credential' | 'timeoutMs' | 'maxPageBytes' | 'pageSize' | 'budget'> & {
  readonly bound: BoundConnector;
  readonly limits: ReadLimits;
  readonly signal: AbortSignal;
};

function pageSizeOf({ pagination }: HttpStream, wanted: number | undefined): number | null {
  if (pagination.type === 'none') return null;
  const { pageSize, maxPageSize } = pagination;
  if (wanted === undefined) return pageSize ?? null;
  return Math.max(1, Math.min(Math.floor(wanted), maxPageSize ?? Number.MAX_SAFE_INTEGER));
}

function pageVariables({ pagination }: HttpStream, position: Position | null, size: number | null): TemplateValues['page'] {
  const first = pagination.type === 'page' ? { number: pagination.start } : pagination.type === 'offset' ? { offset: pagination.start } : {};
  return {
    ...(size !== null && { size }),
    ...first,
    ...(position && 'cursor' in position && { cursor: position.cursor }),
    ...(position && 'page' in position && { number: position.page }),
    ...(position && 'offset' in position && { offset: position.offset }),
  };
}

/** Reads pages of one stream of an HTTP API, and of the streams above it. */
export class HttpReader {
  readonly #environment: ReadEnvironment;
  readonly #stream: HttpStream;
  readonly #limits: ReadLimits;
  readonly #parents: Parents | null;
  readonly #readsAll: boolean;

  constructor(environment: ReadEnvironment, stream: HttpStream) {
    this.#environment = environment;
    this.#stream = stream;
    const { pagination, parent, slices } = stream;
    const ownMost = pagination.type === 'none' ? undefined : pagination.maxPages;
    this.#limits = { ...environment.limits, maxPages: Math.min(environment.limits.maxPages, ownMost ?? Number.MAX_SAFE_INTEGER) };
    if (parent === undefined) {
      this.#parents = null;
      this.#readsAll = slices === undefined;
      return;
    }
    const above = environment.bound.connector.streams.get(parent.stream);
    if (above === undefined || !isHttpStream(above)) throw new ProviderError('rejected', `${environment.bound.connector.name} has no stream "${parent.stream}"`);
    const parentReader = new HttpReader(environment, above);
    this.#parents = new Parents(parent, (state) => parentReader.page(parentReader.begin(state)));
    this.#readsAll = slices === undefined && !parent.incremental && parentReader.#readsAll && above.incremental?.start === undefined;
  }

  begin(kept: HttpState | null): HttpState {
    return beginState(kept, this.#stream, pageSizeOf(this.#stream, this.#environment.pageSize), Date.now());
  }

  /** The page at a state, and the state after it. */
  async page(state: HttpState): Promise<ReadPage<HttpState>> {
    const at = await this.#atChild(state);
    if ('ended' in at) return this.#toPage({ records: [], quarantined: [], bytes: 0, state }, at.ended);
    const advanced = await persist(() => this.#advance(at.state), this.#environment.signal);
    if (!advanced.state.done || this.#parents === null) return this.#toPage(advanced, null);
    const next = await this.#parents.after(advanced.state.parent!, advanced.state.since);
    if ('ended' in next) return this.#toPage(advanced, next.ended);
    return this.#toPage({ ...advanced, state: this.#atBeginningOf(advanced.state, next.place) }, null);
  }

  /** A stream with a parent needs one to begin with. */
  async #atChild(state: HttpState): Promise<{ state: HttpState } | { ended: Ended }> {
    if (this.#parents === null || state.parent === null || state.parent.current !== null) return { state };
    const { before } = state.parent;
    const next = await this.#parents.after({ before, current: null }, state.since);
    return 'ended' in next ? next : { state: this.#atBeginningOf(state, next.place) };
  }

  #atBeginningOf(state: HttpState, place: Place): HttpState {
    const { slices } = this.#stream;
    const since = place.current?.whole || typeof state.since !== 'number' ? null : state.since;
    return { ...state, done: false, position: null, loop: null, seek: null, pages: 0, parent: place, slice: slices === undefined ? null : firstWindow(slices, since, state.startedAt) };
  }

  #toPage({ records, quarantined, bytes, state }: Advanced, ended: Ended | null): ReadPage<HttpState> {
    const full = state.since === null && this.#readsAll;
    const done = ended !== null || (state.done && this.#parents === null);
    const clean = state.clean && (ended?.clean ?? true);
    const { slices } = this.#stream;
    const through = slices && state.slice ? { since: reached(slices, state.slice, Math.min(state.startedAt, state.ceiling ?? state.startedAt)) } : {};
    const next: HttpState = done ? { ...state, ...through, done, clean, slice: null, position: null, loop: null, seek: null, parent: ended && { before: this.#stream.parent?.incremental ? ended.before : null, current: null } } : { ...state, done };
    return { records, state: next, done, full, complete: done && full && clean, bytes, quarantined };
  }

  /** A child of a new parent is read as if the stream had never been read; the pass itself begins where it began. */
  async #advance(state: HttpState): Promise<Advanced> {
    const view = state.parent?.current?.whole ? { ...state, since: null } : state;
    const { values, answer } = await this.#ask(view);
    const advanced = advance(this.#stream, view, answer, values, this.#limits);
    return { ...advanced, state: { ...advanced.state, since: state.since } };
  }

  async #ask(state: HttpState): Promise<{ values: TemplateValues; answer: GoodAnswer }> {
    const stream = this.#stream;
    const { egress, bound, budget, signal, timeoutMs, maxPageBytes: maxBytes, credential: credentialNow } = this.#environment;
    const variables = {
      page: pageVariables(stream, state.position, askedPageSize(state)),
      cursor: cursorVariables(state, stream.incremental),
      ...(stream.slices && state.slice && { slice: sliceVariables(stream.slices, state.slice) }),
      ...(state.parent?.current && { parent: state.parent.current.values }),
    };
    const nextUrl = state.position && 'url' in state.position ? state.position.url : undefined;
    const request = buildRequest(bound, stream.request, variables, nextUrl, stream.answer);
    const rules = [...stream.errorHandler, ...bound.connector.errorHandler];
    const askWith = (credential: Credential) =>
      withBudget(budget, bound.connector, stream, signal, (seen) => askProvider({ egress, bound, request, credential, rules, timeoutMs, maxBytes, signal, answer: stream.answer, seen }));

    const values = { ...bound.values, ...variables };
    const credential = await credentialNow();
    try {
      return { values, answer: await askWith(credential) };
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind !== 'unauthorized') throw error;
      // Somebody may have renewed the token while this one was on its way. The same one is not tried twice.
      const renewed = await credentialNow();
      if (sameCredential(renewed, credential)) throw error;
      return { values, answer: await askWith(renewed) };
    }
  }
}
