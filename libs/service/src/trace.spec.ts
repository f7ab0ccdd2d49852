import { setTimeout as pause } from 'node:timers/promises';
import { currentTrace, runInTrace } from './trace.js';

const here = (): string | undefined => currentTrace()?.requestId;

describe('a trace', () => {
  it('is followed through everything that is awaited, and by nothing beside it', async () => {
    const walk = async (requestId: string): Promise<(string | undefined)[]> => {
      const seen = [here()];
      await pause(Math.random() * 5);
      seen.push(here());
      await Promise.all([pause(1), Promise.resolve().then(() => seen.push(here()))]);
      seen.push(here());
      await Promise.reject(new Error(requestId)).catch(() => seen.push(here()));
      await new Promise<void>((resolve) => setImmediate(resolve));
      seen.push(here());
      await { then: (resolve: (value: undefined) => void) => (seen.push(here()), resolve(undefined)) };
      seen.push(here());
      return seen;
    };
    const names = Array.from({ length: 50 }, (_, index) => `request-${index}`);
    const seen = await Promise.all(names.map((requestId) => runInTrace({ requestId }, () => walk(requestId))));
    expect(seen).toEqual(names.map((requestId) => Array.from({ length: 8 }, () => requestId)));
    expect(here()).toBeUndefined();
  });

  it('ends where it began, also when that fails, and another may be run in it', () => {
    expect(() => runInTrace({ requestId: 'outer' }, () => {
      expect(runInTrace({ requestId: 'inner' }, here)).toBe('inner');
      expect(here()).toBe('outer');
      throw new Error('over');
    })).toThrow('over');
    expect(here()).toBeUndefined();
  });

  it('is not passed on to what a shared callback does for others', async () => {
    const waiting: (() => void)[] = [];
    const shared = new Promise<string | undefined>((resolve) => waiting.push(() => resolve(here())));
    const asked = runInTrace({ requestId: 'mine' }, async () => [await shared, here()]);
    setImmediate(() => waiting.forEach((wake) => wake()));
    expect(await asked).toEqual([undefined, 'mine']);
  });

  it('is over when its last promise has run: what comes after it is in none', async () => {
    const seen: (string | undefined)[] = [];
    // Nobody waits for it, so that no other promise runs between it and the callback.
    void runInTrace({ requestId: 'mine' }, async () => {
      await Promise.resolve();
      seen.push(here());
    });
    await new Promise<void>((resolve) => queueMicrotask(() => (seen.push(here()), resolve())));
    expect(seen).toEqual(['mine', undefined]);
  });
});
