import type { ConnectorFolder } from '@trunkline/contracts';
import { Catalog } from './catalog.js';
import { CustomConnectors, isCustomId, type Revealed } from './custom-connectors.js';
import { loadCatalog } from './load-catalog.js';
import { checkFolder } from './parse-custom-connector.js';

const folder = (over: Record<string, unknown> = {}): ConnectorFolder =>
  ({
    connector: {
      id: 'crm', name: 'CRM', category: 'crm', base_url: 'https://api.crm.example', allowed_origins: ['https://api.crm.example'],
      auth: { SECRET_TEXT: { headers: { Authorization: 'Bearer {{credential.secret_text}}' } } }, verification: { request: { path: '/me' } }, rate_limit: { posture: 'x' }, latency: 'x', ...over,
    },
    streams: { items: { title: 'Items', request: { path: '/items' }, record_selector: { path: '' }, primary_key: ['id'], pagination: { type: 'none' } } },
  }) as ConnectorFolder;

/** A keeper of definitions, with a clock beside it. */
function keeper(most = 1_000) {
  const versions = new Map<string, number>();
  let asked = 0;
  let away = false;
  let now = 0;
  let hold: Promise<void> = Promise.resolve();
  const custom = new CustomConnectors(
    async (id): Promise<Revealed | undefined> => {
      asked += 1;
      const version = versions.get(id);
      await hold;
      if (away) throw new Error('away');
      return version === undefined ? undefined : { id, name: 'crm', platformId: 'plat_1', projectId: 'proj_1', version, folder: folder({ latency: `v${version}` }) };
    },
    { most, now: () => now },
  );
  return { custom, versions, asked: () => asked, goAway: (value: boolean) => void (away = value), pass: (ms: number) => void (now += ms), holdUntil: (until: Promise<void>) => void (hold = until) };
}
const id = 'crm_abcdefgh';

it.each([[id, true], ['hubspot', false], ['crm_abcdefg1', false], ['crm_ABCDEFGH', false], [`${'a'.repeat(60)}_abcdefgh`, false]])('%s can be a tenant\'s: %s', (name, expected) => expect(isCustomId(name)).toBe(expected));

it('fetches once for all who ask at once, and again only when half a minute has passed', async () => {
  const { custom, versions, asked, pass } = keeper();
  versions.set(id, 1);
  await Promise.all([custom.ready(id), custom.ready(id), custom.ready(id)]);
  pass(29_999);
  await custom.ready(id);
  expect([asked(), custom.find(id)]).toMatchObject([1, { id, aliases: ['crm'], instanceId: id, owner: { platformId: 'plat_1', projectId: 'proj_1' }, latency: 'v1' }]);
  versions.set(id, 2);
  pass(1);
  await custom.ready(id);
  expect([asked(), custom.find(id)?.latency]).toEqual([2, 'v2']);
});

it('does not take an answer that was under way when a new version was told for the newest', async () => {
  const { custom, versions, holdUntil } = keeper();
  versions.set(id, 1);
  let release!: () => void;
  holdUntil(new Promise((resolve) => (release = resolve)));
  const early = custom.ready(id);
  await new Promise((resolve) => setImmediate(resolve));
  versions.set(id, 2);
  custom.outdated(id, 2);
  const late = custom.ready(id);
  release();
  await Promise.all([early, late]);
  await custom.ready(id);
  expect(custom.find(id)?.latency).toBe('v2');
});

it('goes on with what it has while the keeper is away, and fails for what it never had', async () => {
  const { custom, versions, goAway, pass, asked } = keeper();
  versions.set(id, 1);
  await custom.ready(id);
  goAway(true);
  custom.outdated(id, 2);
  await custom.ready(id);
  await custom.ready(id);
  expect([custom.find(id)?.latency, asked()]).toEqual(['v1', 2]);
  await expect(custom.ready('other_abcdefgh')).rejects.toThrow('away');
  goAway(false);
  versions.set(id, 2);
  pass(2_000);
  await custom.ready(id);
  expect(custom.find(id)?.latency).toBe('v2');
});

it('lets go of what is gone, and of what was used longest ago', async () => {
  const { custom, versions } = keeper(2);
  for (const name of ['a_abcdefgh', 'b_abcdefgh']) {
    versions.set(name, 1);
    await custom.ready(name);
  }
  await custom.ready('a_abcdefgh');
  versions.set('c_abcdefgh', 1);
  await custom.ready('c_abcdefgh');
  expect(['a_abcdefgh', 'b_abcdefgh', 'c_abcdefgh'].map((name) => custom.find(name) !== undefined)).toEqual([true, false, true]);
  versions.delete('a_abcdefgh');
  custom.outdated('a_abcdefgh', 1);
  await custom.ready('a_abcdefgh');
  expect(custom.find('a_abcdefgh')).toBeUndefined();
});

it('stands beside the catalog, which goes first', async () => {
  const { custom, versions, asked } = keeper();
  versions.set(id, 1);
  const catalog: Catalog = loadCatalog().with(custom);
  expect((await catalog.ready('hubspot', undefined)).find('hubspot')?.id).toBe('hubspot');
  expect(asked()).toBe(0);
  expect((await catalog.ready(id)).get(id).id).toBe(id);
  expect((await catalog.ready('@activepieces/piece-crm-abcdefgh')).find('@activepieces/piece-crm-abcdefgh')?.id).toBe(id);
  expect(catalog.find('crm')).toBeUndefined();
});

describe('a definition given as values', () => {
  it('is the connector its files would be', () => expect(checkFolder(folder())).toMatchObject({ connector: { id: 'crm', baseUrl: { source: 'https://api.crm.example' } }, problems: [] }));

  it.each<[string, Record<string, unknown>, string]>([
    ['a setting', { headers: { 'X-A': '{{settings.sandbox_url}}' } }, 'connector: headers.X-A'],
    ['available_when', { available_when: 'sandbox_url' }, 'connector: available_when'],
    ['aliases', { aliases: ['x'] }, 'connector: aliases'],
    ['another protocol', { base_url: 'postgres://db.example' }, 'connector: base_url'],
    ['nesting without end', { headers: JSON.parse('['.repeat(100) + ']'.repeat(100)) as unknown }, 'connector'],
  ])('is refused for %s', (_, over, path) => expect(checkFolder(folder(over)).problems.map((problem) => problem.path)).toContain(path));
});
