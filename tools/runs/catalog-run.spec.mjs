import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { options } from './catalog-run.mjs';
import { connectorsDocument } from './connectors-document.mjs';
import { unconfirmedIn } from './inspect-connector.mjs';

const own = join(repositoryRoot, 'libs', 'catalog', 'connectors');
/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkline-catalog-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const check = (/** @type {readonly string[]} */ ...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(repositoryRoot, 'tools', 'catalog.mjs'), ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};
/** A connector of the catalog, perhaps with other files; one that is null is left out. @param {string} id @param {Readonly<Record<string, string | null>>} [files] */
function put(id, files = {}) {
  cpSync(join(own, id), join(folder, id), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    if (text === null) rmSync(join(folder, id, name), { recursive: true });
    else writeFileSync(join(folder, id, name), text);
  }
}
const readme = (/** @type {string} */ id) => readFileSync(join(own, id, 'README.md'), 'utf8');

it('is asked for from the command line', () => {
  expect(options([])).toEqual({ writeDocs: false, json: false, folder: undefined });
  expect(options(['--write-docs'])).toMatchObject({ writeDocs: true });
  expect(() => options(['--all'])).toThrow('npm run catalog:check');
  expect(() => options(['--write-docs', '--folder', '/x'])).toThrow('not for --folder');
});

it('shows what each connector is and how its streams are read', () => {
  put('vercel');
  const { status, stdout, stderr } = check('--folder', folder);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^vercel +developer +\S.*SECRET_TEXT.* +4 +2 +3 /m);
  expect(stdout).toMatch(/^vercel +deployments +incremental +told +2 passes, 4 exchanges$/m);
  expect(stdout).toMatch(/^vercel +deployment_events +incremental +deployments +2 passes/m);
  const [shown] = JSON.parse(check('--folder', folder, '--json').stdout);
  expect(shown).toMatchObject({ id: 'vercel', category: 'developer', describedPaths: 0, problems: [] });
});

it('counts what vendors describe themselves, and files where there is no HTTP', () => {
  put('figma');
  put('sftp');
  const [figma, sftp] = JSON.parse(check('--folder', folder, '--json').stdout);
  expect(figma.describedPaths).toBeGreaterThan(4);
  expect(sftp.streams).toMatchObject([{ name: 'files', tests: '2 passes, 3 files' }]);
});

describe('says what is missing, and fails', () => {
  it.each(/** @type {[string, string, Readonly<Record<string, string | null>>][]} */ ([
    ['vercel', 'reads nothing', { streams: null }],
    ['vercel', 'has no logo.svg', { 'logo.svg': null }],
    ['vercel', 'logo.svg does not begin with <svg', { 'logo.svg': '<html/>' }],
    ['vercel', 'has no README.md', { 'README.md': null }],
    ['vercel', 'has no section "## Not confirmed"', { 'README.md': readme('vercel').replace('## Not confirmed', '## Doubts') }],
    ['vercel', 'does not name the stream domains', { 'README.md': readme('vercel').replaceAll('`domains`', 'domains') }],
    ['vercel', 'has no table of the streams', { 'README.md': readme('vercel').replace('| stream |', '| what |') }],
    ['vercel', 'write fixtures/domains.json', { 'fixtures/domains.json': null }],
    ['vercel', 'write fixtures/domains.json', { 'fixtures/domains.json': '{"passes":[{"exchanges":[]}]}' }],
    ['vercel', 'fixtures/teams.json is of no stream', { 'fixtures/teams.json': '{"passes":[]}' }],
    ['vercel', 'has no fixtures/verification.json', { 'fixtures/verification.json': null }],
    ['tiktok_ads', 'asks for no scopes by OAuth', { 'README.md': readme('tiktok_ads').replace('is no scope', '') }],
    ['postgres', 'does not say that its tables are the streams', { 'README.md': readme('postgres').replaceAll('table', 'thing') }],
  ]))('of %s: %s', (id, words, files) => {
    put(id, files);
    const { status, stderr } = check('--folder', folder);
    expect([status, stderr]).toEqual([1, expect.stringMatching(new RegExp(`^${id}: .*${words.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)}`, 'm'))]);
  });
});

it('says in words what the catalog itself refuses', () => {
  put('vercel', { 'streams/domains.yaml': 'title: Domains\n' });
  expect(check('--folder', folder)).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/^vercel\/streams\/domains\.yaml:\d+: .*request/m) });
  mkdirSync(join(folder, 'empty'));
  expect(check('--folder', folder).status).toBe(1);
});

it('finds the facts that are not confirmed, and none where there is nothing to confirm', () => {
  expect(unconfirmedIn('# A\n\n## Not confirmed\n\n- One,\n  on two lines.\n- Two.\n\n## More\n\n- Not this.\n')).toEqual(['One, on two lines.', 'Two.']);
  expect(unconfirmedIn('## Not confirmed\n\n- Nothing: it is our own.\n')).toEqual([]);
  expect(unconfirmedIn('# A\n')).toEqual([]);
});

describe('docs/connectors.md', () => {
  /** @type {any} */
  const report = {
    connector: { id: 'acme', name: 'Acme | Co', category: 'crm', aliases: ['ac'], discovered: false, inputs: [{ name: 'shop', required: true, filledBy: 'person' }, { name: 'port', required: true, default: '22', filledBy: 'person' }, { name: 'account', required: true, filledBy: 'lookup' }] },
    methods: ['OAUTH2', 'SECRET_TEXT'],
    streams: [{ name: 'deals', incremental: true, deletions: 'both', parent: 'teams' }, { name: 'teams', incremental: false, deletions: 'none', parent: null }],
    unconfirmed: ['That it rains.'],
  };
  const before = 'Ours\n<!-- catalog:begin: x -->\nold\n<!-- catalog:end -->\nmore\n<!-- not-confirmed:begin -->\nold\n<!-- not-confirmed:end -->\nend\n';

  it('gets its tables, and nothing else of it is touched', () => {
    const after = connectorsDocument(before, [report], ['erp', 'crm']);
    expect(after).toContain('\n## CRM\n\n| connector | names | ways to connect | inputs | streams |\n');
    expect(after).toContain('| Acme \\| Co | `acme`, `ac` | OAuth 2 (`OAUTH2`), API key (`SECRET_TEXT`) | **`shop`**, `port` = `22`, `account` (looked up by OAuth) | `deals` ipda, `teams` |');
    expect(after).toContain('| Acme \\| Co | That it rains. |');
    expect(after).not.toContain('old');
    expect(after.split('\n').filter((line) => /^(?:Ours|more|end|<!--.*)$/.test(line))).toEqual(before.split('\n').filter((line) => line !== '' && line !== 'old'));
    expect(connectorsDocument(after, [report], ['erp', 'crm'])).toBe(after);
  });

  it('without the lines to write between is left alone', () => {
    expect(() => connectorsDocument('Ours\n', [report], ['crm'])).toThrow('<!-- catalog:begin -->');
  });
});
