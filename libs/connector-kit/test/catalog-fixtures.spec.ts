import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyCredential, Secret } from '@trunkline/contracts';
import { connectorsDirectory, loadCatalog } from '@trunkline/catalog';
import type { EgressRequest, EgressResponse } from '@trunkline/egress';
import { parseJson, readStream, verifyCredential } from '../src/index.js';
import type { Credential, Requester, StreamState } from '../src/index.js';

interface Exchange {
  request: { method: string; url: string; headers?: Record<string, string>; json?: unknown };
  response: { status: number; headers?: Record<string, string>; body: unknown };
}
interface Fixture {
  settings?: Record<string, string>;
  inputs?: Record<string, string>;
  credential: { type: string; accessToken?: string };
  pageSize?: number;
  passes?: { exchanges: Exchange[]; keys: string[]; deleted: string[] }[];
  exchanges?: Exchange[];
  account?: unknown;
}

const read = (id: string, name: string) => parseJson(readFileSync(join(connectorsDirectory, id, 'fixtures', name), 'utf8')) as Fixture;

const credentialOf = (given: Fixture['credential']): Credential =>
  given.type === 'OAUTH2' ? { type: 'OAUTH2', accessToken: new Secret(given.accessToken ?? ''), tokenType: 'Bearer' } : keyCredential.parse(given);

/** Plays a vendor's documented answers: hosts such as api.hubapi.com cannot be had locally. Every request must be made as recorded. */
function replay(exchanges: readonly Exchange[]): Requester & { left: Exchange[] } {
  const left = [...exchanges];
  return {
    left,
    request: async ({ url, method, headers = {}, body }: EgressRequest): Promise<EgressResponse> => {
      const next = left.shift();
      expect({ method, url }).toEqual({ method: next?.request.method, url: next?.request.url });
      expect(headers).toMatchObject(next?.request.headers ?? {});
      if (next?.request.json !== undefined) expect(JSON.parse(String(body))).toEqual(next.request.json);
      const text = typeof next?.response.body === 'string' ? next.response.body : JSON.stringify(next?.response.body);
      return { status: next?.response.status ?? 0, headers: next?.response.headers ?? {}, body: Buffer.from(text), text: () => text, url, sentAt: 0, receivedAt: 0 };
    },
  };
}

const folders = readdirSync(connectorsDirectory).filter((name) => !name.startsWith('_'));

describe.each(folders)('the fixtures of %s', (id) => {
  const files = readdirSync(join(connectorsDirectory, id, 'fixtures')).filter((name) => name.endsWith('.json') && name !== 'verification.json');

  it.each(files)('%s: the documented answers give these records', async (file) => {
    const { settings = {}, inputs = {}, credential, pageSize, passes = [] } = read(id, file);
    const connector = loadCatalog({ settings }).get(id);
    expect(passes.length).toBeGreaterThan(0);
    let state: StreamState | null = null;
    for (const pass of passes) {
      const egress = replay(pass.exchanges);
      const keys: string[] = [];
      const deleted: string[] = [];
      const stream = file.slice(0, -'.json'.length);
      for await (const page of readStream({ egress, connector, inputs, settings, stream, state, pageSize, credential: async () => credentialOf(credential) })) {
        for (const { op, key } of page.records) (op === 'delete' ? deleted : keys).push(key);
        expect(page.quarantined).toEqual([]);
        state = page.state;
      }
      expect({ keys, deleted, left: egress.left.length }).toEqual({ keys: pass.keys, deleted: pass.deleted, left: 0 });
    }
  });

  it('verification.json: the documented answer names the account', async () => {
    const { settings = {}, inputs = {}, credential, exchanges = [], account } = read(id, 'verification.json');
    const egress = replay(exchanges);
    const connector = loadCatalog({ settings }).get(id);
    expect(await verifyCredential({ egress, connector, inputs, settings, credential: credentialOf(credential) })).toEqual({ kind: 'verified', account });
  });
});
