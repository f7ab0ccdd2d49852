import { readStream } from '../../src/index.js';
import type { ReadPage, ReadStreamOptions, StreamState } from '../../src/index.js';
import { key } from './acme.js';
import type { LocalServer } from './local-server.js';

export type Reading = Omit<ReadStreamOptions, 'egress' | 'inputs' | 'settings' | 'credential' | 'state'> & Partial<ReadStreamOptions>;

export const afterJson = (state: StreamState): StreamState => JSON.parse(JSON.stringify(state)) as StreamState;

/** All pages of a pass at a local server. */
export async function readAll(server: LocalServer, reading: Reading): Promise<ReadPage[]> {
  const pages: ReadPage[] = [];
  for await (const page of readStream({ egress: server.egress, inputs: {}, settings: { acme_url: server.origin }, state: null, credential: async () => key(), ...reading })) pages.push(page);
  return pages;
}

/** The same pass with every page read by another process: nothing but the state goes from one to the next. */
export async function readInterrupted(server: LocalServer, reading: Reading): Promise<ReadPage[]> {
  const pages: ReadPage[] = [];
  let state = reading.state ?? null;
  do {
    const reader = readStream({ egress: server.egress, inputs: {}, settings: { acme_url: server.origin }, credential: async () => key(), ...reading, state });
    const { value } = await reader.next();
    await reader.return();
    pages.push(value as ReadPage);
    state = afterJson((value as ReadPage).state);
  } while (!state.done);
  return pages;
}

export const keysOf = (pages: readonly ReadPage[]): string[] => pages.flatMap(({ records }) => records.map((record) => record.key));
