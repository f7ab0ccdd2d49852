import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_KEY, bearer, call, control, crm } from '../test/support/api.js';
import { CompiledSandbox } from '../test/support/separate-process.js';
import { CLIENT, connect, exchange, refresh, walk } from '../test/support/walk.js';
import type { SandboxOptions } from './options.js';
import { startSandbox } from './start-sandbox.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-data-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const options = (): SandboxOptions => ({ dataDir, clients: [CLIENT], records: { contacts: 100, companies: 10, deals: 10, activities: 10 } });

it('a restart keeps grants, tokens, keys, clients, API keys and record changes', async () => {
  const before = await startSandbox(options());
  const tokens = await connect(before.url);
  const spent = await connect(before.url);
  const renewed = (await refresh(before.url, spent.refresh_token)).body;
  const jwks = (await call(before.url, '/oauth/jwks')).body;
  await control(before.url, 'POST', 'clients', { clientId: 'kept', clientSecret: 'secret-of-kept', redirectUris: CLIENT.redirectUris });
  const { key } = (await control(before.url, 'POST', 'api-keys', { account: 'acc_2' })).body as { key: string };
  const created = (await crm(before.url, 'deals', { method: 'POST', json: { title: 'Größe' } })).body as { id: string };
  await control(before.url, 'POST', 'records/deals/generate', { count: 12 });
  await crm(before.url, 'deals/dea_00000003', { method: 'DELETE' });
  await crm(before.url, 'deals/dea_00000012', { method: 'PATCH', json: { title: 'changed after it was generated' } });
  const deals = (await crm(before.url, 'deals?include_deleted=true')).body as unknown[];
  expect(deals).toHaveLength(23);
  await before.close();

  const after = await startSandbox(options());
  try {
    expect((await call(after.url, '/crm/v1/account', { headers: bearer(tokens.access_token) })).status).toBe(200);
    expect((await refresh(after.url, tokens.refresh_token)).status).toBe(200);
    expect((await refresh(after.url, spent.refresh_token)).body.error).toBe('invalid_grant'); // the replay is still recognised
    expect((await refresh(after.url, renewed.refresh_token)).body.error).toBe('invalid_grant');
    expect((await call(after.url, '/oauth/jwks')).body).toEqual(jwks);
    expect((await walk(after.url, { parameters: { client_id: 'kept' } })).back.get('code')).toBeTruthy();
    expect((await call(after.url, '/crm/v1/account', { headers: { 'x-api-key': key } })).body.id).toBe('acc_2');
    expect((await crm(after.url, 'deals?include_deleted=true')).body).toEqual(deals);
    const next = (await crm(after.url, 'deals', { method: 'POST', json: {} })).body as { id: string; updated_at: string };
    expect(next.id > 'dea_00000022').toBe(true); // ids are not given twice
    expect(next.id).not.toBe(created.id);
    expect((await readFile(join(dataDir, 'api-keys.jsonl'), 'utf8')).includes(key)).toBe(false);
  } finally {
    await after.close();
  }
});

it('a sandbox with more seeded records than before still has the generated and changed ones', async () => {
  const before = await startSandbox(options());
  await control(before.url, 'POST', 'records/contacts/generate', { count: 5 });
  await crm(before.url, 'contacts/con_00000101', { method: 'PATCH', json: { first_name: 'Kept' } });
  await before.close();
  const after = await startSandbox({ ...options(), records: { contacts: 103, companies: 1, deals: 1, activities: 1 } });
  try {
    const rows = (await crm(after.url, 'contacts?limit=200&include_deleted=true')).body.results as { id: string; first_name: string }[];
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    expect(rows.find((row) => row.id === 'con_00000101')?.first_name).toBe('Kept');
  } finally {
    await after.close();
  }
});

describe('kill -9', () => {
  let compiled: CompiledSandbox;
  beforeAll(async () => {
    compiled = await CompiledSandbox.make();
  });
  afterAll(() => compiled.remove());

  it('loses nothing that was answered, whenever it comes', async () => {
    const chains = new Map<number, string>();
    const created: string[] = [];
    let consent: Awaited<ReturnType<typeof walk>> | undefined;
    for (let round = 0; round < 4; round += 1) {
      const running = await compiled.start(options());
      const { url } = running;
      expect(running.stderr()).toBe('');
      if (consent) expect((await exchange(url, consent)).status).toBe(200); // a code survives too
      for (let chain = 0; chain < 4; chain += 1) {
        const known = chains.get(chain);
        if (known === undefined) chains.set(chain, (await connect(url)).refresh_token);
      }
      const all = new Set(await allContacts(url));
      expect(created.filter((id) => !all.has(id))).toEqual([]);
      consent = await walk(url);

      // Refreshes and writes go on until the process dies under them.
      let killed = false;
      const load = [
        ...[...chains.keys()].map(async (chain) => {
          while (!killed) {
            const answer = await refresh(url, chains.get(chain) as string).catch(() => null);
            if (answer === null) {
              chains.delete(chain); // whether this one was done nobody can know
              return;
            }
            expect(answer.status).toBe(200);
            chains.set(chain, answer.body.refresh_token);
          }
        }),
        (async () => {
          while (!killed) {
            const answer = await crm(url, 'contacts', { method: 'POST', json: { round } }).catch(() => null);
            if (answer?.status === 201) created.push(answer.body.id as string);
          }
        })(),
      ];
      const target = created.length + 5 + round * 7;
      while (created.length < target) await new Promise((next) => setImmediate(next));
      await running.kill();
      killed = true;
      await Promise.all(load);
    }
    expect(created.length).toBeGreaterThan(50);
    expect(new Set(created).size).toBe(created.length);
  });

  it('in between two refreshes leaves the last token good', async () => {
    const first = await compiled.start(options());
    const tokens = await connect(first.url);
    const second = (await refresh(first.url, tokens.refresh_token)).body;
    await first.kill();
    const again = await compiled.start(options());
    expect((await call(again.url, '/crm/v1/account', { headers: bearer(second.access_token) })).status).toBe(200);
    expect((await refresh(again.url, second.refresh_token)).status).toBe(200);
    expect(again.stderr()).toBe('');
    await again.kill();
  });

  async function allContacts(url: string): Promise<string[]> {
    const ids: string[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const { body } = await call(url, `/crm/v1/contacts?limit=200${after === undefined ? '' : `&cursor=${after}`}`, { headers: API_KEY });
      ids.push(...(body.results as { id: string }[]).map((row) => row.id));
      more = body.paging !== undefined;
      after = body.paging?.next.after;
    }
    return ids;
  }
});
