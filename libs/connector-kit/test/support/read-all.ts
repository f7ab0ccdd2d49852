import { readStream } from '../../src/index.js';
import type { ReadPage, ReadStreamOptions, StreamState } from '../../src/index.js';
import { key } from './acme.js';
import type { LocalServer } from './local-server.js';

export type Reading = Omit<ReadStreamOptions, 'egress' | 'inputs' | 'settings' | 'credential' | 'state'> & Partial<ReadStreamOptions>;

export const afterJson = (state: StreamState): StreamState => JSON.parse(JSON.stringify(state)) as StreamState;

/** All pages of a pass. */
export async function pagesOf(options: ReadStreamOptions): Promise<ReadPage[]> {
  const pages: ReadPage[] = [];
  for await (const page of readStream(options)) pages.push(page);
  return pages;
}

/** The same pass with every page read by another process: nothing but the state goes from one to the next. */
export async function pagesInterrupted(options: ReadStreamOptions): Promise<ReadPage[]> {
  const pages: ReadPage[] = [];
  let { state } = options;
  do {
    const reader = readStream({ ...options, state });
    const page = (await reader.next()).value as ReadPage;
    await reader.return();
    pages.push(page);
    state = afterJson(page.state);
  } while (!state.done);
  return pages;
}

const atServer = (server: LocalServer, reading: Reading): ReadStreamOptions => ({ egress: server.egress, inputs: {}, settings: { acme_url: server.origin }, state: null, credential: async () => key(), ...reading });

/** All pages of a pass at a local server. */
export const readAll = (server: LocalServer, reading: Reading): Promise<ReadPage[]> => pagesOf(atServer(server, reading));

/** The same, interrupted behind every page. */
export const readInterrupted = (server: LocalServer, reading: Reading): Promise<ReadPage[]> => pagesInterrupted(atServer(server, reading));

export const keysOf = (pages: readonly ReadPage[]): string[] => pages.flatMap(({ records }) => records.map((record) => record.key));
