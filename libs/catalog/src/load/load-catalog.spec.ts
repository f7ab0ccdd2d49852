import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogFrom } from './catalog-from.js';
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

  describe('with the operator\'s own folders', () => {
    let own: string;
    const putOwn = (id: string, text: string) => {
      mkdirSync(join(own, id), { recursive: true });
      writeFileSync(join(own, id, 'connector.yaml'), text);
    };
    beforeEach(() => (own = mkdtempSync(join(tmpdir(), 'own-connectors-'))));
    afterEach(() => rmSync(own, { recursive: true }));

    it('offers both, by id', () => {
      put('beta', definition('beta'));
      putOwn('alpha', definition('alpha'));
      putOwn('gamma', definition('gamma'));
      mkdirSync(join(own, '.git'));
      writeFileSync(join(own, 'README.md'), 'not a folder');
      put('_elsewhere/delta', definition('delta'));
      symlinkSync(join(directory, '_elsewhere', 'delta'), join(own, 'delta'));
      expect(loadCatalog({ directory, folders: [own] }).list().map(({ id }) => id)).toEqual(['alpha', 'beta', 'delta', 'gamma']);
    });

    it.each([
      ['an id', definition('beta')],
      ['an alias', definition('beta').replace('id: beta', 'id: mine').replace('name: beta', 'name: beta\naliases: [beta]')],
    ])('refuses %s that is taken', (_what, text) => {
      put('beta', definition('beta'));
      putOwn(text.includes('id: mine') ? 'mine' : 'beta', text);
      expect(() => loadCatalog({ directory, folders: [own] })).toThrow(`the name "beta" already belongs to beta (${join(directory, 'beta')})`);
    });

    it('refuses the same id in two of them', () => {
      putOwn('alpha', definition('alpha'));
      expect(() => loadCatalog({ directory, folders: [own, own] })).toThrow('the name "alpha" already belongs to alpha');
    });

    it('holds them to the same rules and names the file', () => {
      putOwn('alpha', definition('alpha', 'x: 1'));
      expect(() => loadCatalog({ directory, folders: [own] })).toThrow(`${own}/alpha/connector.yaml:10: x: is not a field of the schema`);
    });

    it('does not start without one of them', () => {
      expect(() => loadCatalog({ directory, folders: [join(own, 'nothing')] })).toThrow(`the folder of connectors ${join(own, 'nothing')} cannot be read (ENOENT)`);
    });

    it('is made from a service\'s settings', () => {
      putOwn('alpha', definition('alpha'));
      putOwn('beta', definition('beta', 'available_when: sandbox_url'));
      const { catalog, settings } = catalogFrom({ catalogFolders: [own], sandboxUrl: 'http://127.0.0.1:4400' });
      expect(settings).toEqual({ sandbox_url: 'http://127.0.0.1:4400' });
      expect(catalog.find('alpha')?.id).toBe('alpha');
      expect(catalog.find('beta')?.id).toBe('beta');
      expect(catalogFrom({ catalogFolders: [own] }).catalog.find('beta')).toBeUndefined();
    });
  });
});
