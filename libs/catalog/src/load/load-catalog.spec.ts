import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalog } from './load-catalog.js';

const definition = (id: string, more = '') => `id: ${id}
name: ${id}
category: custom
base_url: https://${id}.test
allowed_origins: [https://${id}.test]
auth: { NO_AUTH: {} }
verification: { request: { path: / } }
rate_limit: { posture: None. }
latency: None.
${more}`;

describe('loading a folder of connectors', () => {
  let directory: string;
  const put = (id: string, text: string) => {
    mkdirSync(join(directory, id), { recursive: true });
    writeFileSync(join(directory, id, 'connector.yaml'), text);
  };
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'catalog-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  it('takes every folder but those that begin with "_"', () => {
    put('beta', definition('beta'));
    put('alpha', definition('alpha'));
    put('_draft', 'not: a connector');
    expect(loadCatalog({ directory }).list().map(({ id }) => id)).toEqual(['alpha', 'beta']);
  });

  it('finds connectors by their aliases', () => {
    put('meta_ads', definition('meta_ads', 'aliases: [meta]'));
    const catalog = loadCatalog({ directory });
    expect(catalog.find('meta')?.id).toBe('meta_ads');
    expect(catalog.find('@activepieces/piece-meta-ads')?.id).toBe('meta_ads');
    expect(() => catalog.get('meta')).toThrow('there is no connector "meta"');
  });

  it('refuses a name that belongs to two connectors', () => {
    put('alpha', definition('alpha', 'aliases: [beta]'));
    put('beta', definition('beta'));
    expect(() => loadCatalog({ directory })).toThrow('the name "beta" already belongs to alpha');
  });

  it('tells the problems of all connectors at once, offered or not', () => {
    put('alpha', definition('alpha', 'available_when: nothing\nx: 1'));
    put('beta', definition('beta', 'y: 1'));
    expect(() => loadCatalog({ directory })).toThrow(/2 problems:\n {2}alpha\/connector\.yaml:11: x: .*\n {2}beta\/connector\.yaml:10: y: /);
  });

  it('says which folder cannot be read', () => {
    mkdirSync(join(directory, 'empty'));
    expect(() => loadCatalog({ directory })).toThrow(/the connector in .*empty cannot be read/);
  });
});
