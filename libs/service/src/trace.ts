import { promiseHooks } from 'node:v8';

/** What follows one request through every service: shown in answers and in each log line it causes. */
export interface Trace {
  readonly requestId: string;
}

const made: unique symbol = Symbol('trace');
type Traced = Promise<unknown> & { [made]?: Trace };

let current: Trace | undefined;

/**
 * A promise goes on in the trace in which it was made. AsyncLocalStorage does the same and more, but on Node 20 it also follows every socket,
 * timer and microtask, which was a quarter of what a request cost (docs/decisions/0018). A callback that is no promise's continues in no trace.
 */
promiseHooks.createHook({
  init: (promise: Traced) => {
    if (current !== undefined) promise[made] = current;
  },
  before: (promise: Traced) => {
    current = promise[made];
  },
  after: () => {
    current = undefined;
  },
});

export const currentTrace = (): Trace | undefined => current;

export function runInTrace<Result>(trace: Trace, body: () => Result): Result {
  const outer = current;
  current = trace;
  try {
    return body();
  } finally {
    current = outer;
  }
}
