import { pauseBefore, retryAfterMs, type RetryOptions } from './retry-policy.js';
import { TrunklineError } from './trunkline-error.js';

export interface FetchOptions extends RetryOptions {
  /** How long one try may take until its answer begins, in milliseconds. */
  readonly timeoutMs: number;
  readonly fetch: (request: Request) => Promise<Response>;
}

type Attempt = { readonly response: Response } | { readonly error: TrunklineError; readonly retryAfter?: number };

/** A fetch that answers only what went well: it waits and tries again where that is safe, and otherwise throws a {@link TrunklineError}. */
export function resilientFetch(options: FetchOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let attempt = 0; ; attempt += 1) {
      const result = await tryOnce(request, options);
      if ('response' in result) return result.response;
      const pause = pauseBefore(attempt, request.method, result.error, result.retryAfter, options, Math.random());
      if (pause === undefined) throw result.error;
      await sleep(pause, request.signal);
    }
  };
}

async function tryOnce(request: Request, { fetch, timeoutMs }: FetchOptions): Promise<Attempt> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  let response: Response;
  try {
    // A body can be read once: each try sends a copy.
    response = await fetch(new Request(request.clone(), { signal: AbortSignal.any([request.signal, late.signal]) }));
  } catch {
    // The reason is dropped: what a runtime puts into it is not ours to vouch for.
    request.signal.throwIfAborted();
    const [code, message] = late.signal.aborted ? ['TIMEOUT', `There was no answer within ${timeoutMs} ms.`] : ['UNREACHABLE', 'The server cannot be reached.'];
    return { error: new TrunklineError({ statusCode: 0, code: code!, params: { message }, requestId: null }) };
  } finally {
    // An answer that has begun may take its time: an export is as long as it is.
    clearTimeout(timer);
  }
  if (response.ok) return { response };
  return { error: await TrunklineError.from(response), retryAfter: retryAfterMs(response.headers.get('retry-after'), Date.now()) };
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', abort, { once: true });
  });
}
