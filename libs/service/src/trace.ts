import { AsyncLocalStorage } from 'node:async_hooks';

/** What follows one request through every service: shown in answers and in each log line it causes. */
export interface Trace {
  readonly requestId: string;
}

const storage = new AsyncLocalStorage<Trace>();

export const currentTrace = (): Trace | undefined => storage.getStore();

export const runInTrace = <Result>(trace: Trace, body: () => Result): Result => storage.run(trace, body);
