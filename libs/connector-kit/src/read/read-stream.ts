import type { Stream } from '@trunkline/catalog';
import { isHttpStream, isTableStream } from '@trunkline/catalog';
import type { Requester } from '../answer/ask-provider.js';
import { credentialParameters } from '../auth/apply-auth.js';
import type { Budget } from '../budget/budget.js';
import type { Credential } from '../credential.js';
import { ProviderError } from '../provider-error.js';
import { bindConnector } from '../render/bind-connector.js';
import type { Target } from '../render/bind-connector.js';
import { readFiles } from './files/read-files.js';
import { HttpReader } from './http-reader.js';
import type { ReadEnvironment } from './http-reader.js';
import type { ReadPage } from './read-page.js';
import { parseState } from './stream-state.js';
import type { HttpState, StreamState } from './stream-state.js';
import type { ServerAccess } from './server.js';
import { readTable } from './tables/read-table.js';

export interface ReadStreamOptions extends Target {
  /** `connect` is needed for streams that are not read by HTTP. */
  readonly egress: Requester & Partial<ServerAccess>;
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
  /** What may be spent on this connection's account, shared with all who read it. Default: no limit but the provider's. */
  readonly budget?: Budget;
}

const defaultMaxPages = 100_000;

/** One page after another from a state on, the next one perhaps while the last is worked on. */
async function* pages(reader: HttpReader, kept: HttpState | null, prefetch: boolean): AsyncGenerator<ReadPage, void, void> {
  let state = reader.begin(kept);
  let ahead: Promise<ReadPage<HttpState>> | null = null;
  do {
    const page: ReadPage<HttpState> = await (ahead ?? reader.page(state));
    state = page.state;
    ahead = prefetch && !page.done ? reader.page(state) : null;
    // Its failure is told when the page is asked for; until then nobody listens.
    ahead?.catch(() => undefined);
    yield page;
  } while (!state.done);
}

const wrongState = (stream: string) => new ProviderError('rejected', `the checkpoint of the stream ${stream} is of another protocol; read the stream from its beginning`);

function open(environment: ReadEnvironment, name: string, stream: Stream | undefined, state: StreamState | null, prefetch: boolean): AsyncGenerator<ReadPage, void, void> {
  const protocol = state !== null && 'protocol' in state ? state.protocol : 'http';
  if (stream === undefined || isTableStream(stream)) {
    if (state !== null && !('columns' in state)) throw wrongState(name);
    return readTable(environment, stream ?? name, state);
  }
  if (state !== null && protocol !== (stream.protocol ?? 'http')) throw wrongState(name);
  if (isHttpStream(stream)) return pages(new HttpReader(environment, stream), state as HttpState | null, prefetch);
  return readFiles(environment, stream, state !== null && 'file' in state ? state : null);
}

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
  if (stream === undefined && !connector.discovered) throw new ProviderError('rejected', `${connector.name} has no stream "${options.stream}"`);
  const bound = bindConnector({ connector, inputs, settings });
  const kept = parseState(options.state, options.stream);

  const stop = new AbortController();
  const forward = () => stop.abort(options.signal?.reason);
  if (options.signal?.aborted) forward();
  options.signal?.addEventListener('abort', forward, { once: true });
  const { egress, credential, timeoutMs, maxPageBytes, pageSize, budget } = options;
  const limits = { allowedOrigins: bound.allowedOrigins, credentialParameters: credentialParameters(connector), maxPages };
  const environment: ReadEnvironment = { egress, credential, timeoutMs, maxPageBytes, pageSize, budget, bound, limits, signal: stop.signal };
  try {
    yield* open(environment, options.stream, stream, kept, prefetch);
  } finally {
    options.signal?.removeEventListener('abort', forward);
    stop.abort();
  }
}
