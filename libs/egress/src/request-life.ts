import { EgressError } from './egress-error.js';

/**
 * One call's span over all its hops: the deadline, the caller's signal, and whether anything was sent yet.
 * Whatever ends it first wins; the exchange that is running then is told through `onEnd`.
 */
export interface RequestLife {
  sent: boolean;
  /** The reason it ended early, once it did. */
  readonly ended: EgressError | undefined;
  onEnd: ((error: EgressError) => void) | undefined;
  /** Release the timer and the listener. */
  release(): void;
}

/** A deadline that comes this much late finds a process that stood still: stopped, swapped out, or busy. */
const stoodStillMs = 100;
/** Time it then has to read what came meanwhile. */
const catchUpMs = 1_000;

export function startLife(timeoutMs: number, signal: AbortSignal | undefined, host: () => string): RequestLife {
  let ended: EgressError | undefined;
  const end = (error: EgressError): void => {
    if (ended) return;
    ended = error;
    life.onEnd?.(error);
  };
  const onAbort = (): void => end(new EgressError('EGRESS_ABORTED', `the caller gave up the request to ${host()}`, { sent: life.sent }));
  const onDeadline = (): void => end(new EgressError('EGRESS_TIMEOUT', `no complete answer from ${host()} within ${timeoutMs} ms`, { sent: life.sent }));
  const due = performance.now() + timeoutMs;
  // Timers run before sockets are read: of a process that stood still the answer may be here, unread. A refresh token it brings is nowhere else.
  let timer = setTimeout(() => {
    if (performance.now() - due < stoodStillMs) onDeadline();
    else timer = setTimeout(onDeadline, catchUpMs);
  }, timeoutMs);
  const life: RequestLife = {
    sent: false,
    get ended() {
      return ended;
    },
    onEnd: undefined,
    release() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      life.onEnd = undefined;
    },
  };
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return life;
}
