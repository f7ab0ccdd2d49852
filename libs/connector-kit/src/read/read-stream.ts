import type { Stream } from '@trunkline/catalog';
import { askProvider } from '../answer/ask-provider.js';
import type { GoodAnswer, Requester } from '../answer/ask-provider.js';
import { credentialParameters } from '../auth/apply-auth.js';
import type { Credential } from '../credential.js';
import type { Position } from '../paginate/paginator.js';
import { ProviderError } from '../provider-error.js';
import { bindConnector } from '../render/bind-connector.js';
import type { BoundConnector, Target } from '../render/bind-connector.js';
import { buildRequest } from '../render/build-request.js';
import type { TemplateValues } from '../render/render-template.js';
import { advance } from './advance.js';
import type { ReadLimits, ReadPage } from './advance.js';
import { cursorVariables } from './cursor-range.js';
import { persist } from './persist.js';
import { sameCredential } from './same-credential.js';
import { askedPageSize, beginState, parseState } from './stream-state.js';
import type { StreamState } from './stream-state.js';

export interface ReadStreamOptions extends Target {
  readonly egress: Requester;
  /** Name of one of the connector's streams. */
  readonly stream: string;
  /** Asked before every page, so that a token renewed meanwhile is used; keep it cheap. */
  readonly credential: () => Promise<Credential>;
  /** What the last page gave; null to begin. After a finished pass the next one brings what changed since (or everything, without a cursor). */
  readonly state: StreamState | null;
  /** Records asked for per page, lowered to the provider's ceiling. Default: the connector's. A pass begun keeps the size it began with. */
  readonly pageSize?: number;
  /** Ends reading at once, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Fetch the next page while the last one is being worked on; never more than one ahead. Default false. */
  readonly prefetch?: boolean;
  /** Pages of one pass before it counts as endless. Default 100000. */
  readonly maxPages?: number;
  /** Largest page in bytes, decompressed. Default: the egress' own limit. */
  readonly maxPageBytes?: number;
  /** Milliseconds for one request. Default: the egress' own limit. */
  readonly timeoutMs?: number;
}

const defaultMaxPages = 100_000;

function pageSizeOf({ pagination }: Stream, wanted: number | undefined): number | null {
  if (pagination.type === 'none') return null;
  const { pageSize, maxPageSize } = pagination;
  if (wanted === undefined) return pageSize ?? null;
  return Math.max(1, Math.min(Math.floor(wanted), maxPageSize ?? Number.MAX_SAFE_INTEGER));
}

function pageVariables({ pagination }: Stream, position: Position | null, size: number | null): TemplateValues['page'] {
  const first = pagination.type === 'page' ? { number: pagination.start } : pagination.type === 'offset' ? { offset: pagination.start } : {};
  return {
    ...(size !== null && { size }),
    ...first,
    ...(position && 'cursor' in position && { cursor: position.cursor }),
    ...(position && 'page' in position && { number: position.page }),
    ...(position && 'offset' in position && { offset: position.offset }),
  };
}

/** What stays the same while a stream is read. */
interface Reader {
  readonly options: ReadStreamOptions;
  readonly bound: BoundConnector;
  readonly stream: Stream;
  readonly limits: ReadLimits;
  readonly signal: AbortSignal;
}

async function ask({ options, bound, stream, signal }: Reader, state: StreamState): Promise<GoodAnswer> {
  const variables = { page: pageVariables(stream, state.position, askedPageSize(state)), cursor: cursorVariables(state, stream.incremental) };
  const nextUrl = state.position && 'url' in state.position ? state.position.url : undefined;
  const request = buildRequest(bound, stream.request, variables, nextUrl);
  const rules = [...stream.errorHandler, ...bound.connector.errorHandler];
  const { egress, timeoutMs, maxPageBytes: maxBytes } = options;
  const askWith = (credential: Credential) => askProvider({ egress, bound, request, credential, rules, timeoutMs, maxBytes, signal });

  const credential = await options.credential();
  try {
    return await askWith(credential);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'unauthorized') throw error;
    // Somebody may have renewed the token while this one was on its way. The same one is not tried twice.
    const renewed = await options.credential();
    if (sameCredential(renewed, credential)) throw error;
    return askWith(renewed);
  }
}

const readPage = (reader: Reader, state: StreamState): Promise<ReadPage> =>
  persist(async () => advance(reader.stream, state, await ask(reader, state), reader.limits), reader.signal);

/**
 * Reads a stream page by page. The state of each page resumes behind it, in any process. A pass ends with a page that is `done`;
 * called again with its state, the next pass brings what changed since, ties included, and forgets nothing that changed while this
 * one was reading.
 *
 * Short trouble is waited out here (at most three tries a page, waits up to 5 s); the rest is thrown and the last state stays good.
 *
 * @throws ProviderError see its kinds; `retryAfterMs` says how long the provider wants to be left alone
 */
export async function* readStream(options: ReadStreamOptions): AsyncGenerator<ReadPage, void, void> {
  const { connector, inputs, settings, prefetch = false, maxPages = defaultMaxPages } = options;
  const stream = connector.streams.get(options.stream);
  if (stream === undefined) throw new ProviderError('rejected', `${connector.name} has no stream "${options.stream}"`);
  const bound = bindConnector({ connector, inputs, settings });
  const kept = parseState(options.state, stream.name);
  let state = beginState(kept, stream.incremental, pageSizeOf(stream, options.pageSize), Date.now());

  const stop = new AbortController();
  const forward = () => stop.abort(options.signal?.reason);
  if (options.signal?.aborted) forward();
  options.signal?.addEventListener('abort', forward, { once: true });
  const limits = { allowedOrigins: bound.allowedOrigins, credentialParameters: credentialParameters(connector), maxPages };
  const reader: Reader = { options, bound, stream, limits, signal: stop.signal };
  try {
    let ahead: Promise<ReadPage> | null = null;
    do {
      const page: ReadPage = await (ahead ?? readPage(reader, state));
      state = page.state;
      ahead = prefetch && !page.done ? readPage(reader, state) : null;
      // Its failure is told when the page is asked for; until then nobody listens.
      ahead?.catch(() => undefined);
      yield page;
    } while (!state.done);
  } finally {
    options.signal?.removeEventListener('abort', forward);
    stop.abort();
  }
}
