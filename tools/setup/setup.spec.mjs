import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled, isInstalled, sameAsLock } from './install.mjs';
import { createProgress } from './progress.mjs';
import { supportedNode } from './supported-node.mjs';

/** @type {string} */
let root;
/** @type {string[]} */
let lines;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trunkline-setup-'));
  lines = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const progress = () => createProgress((line) => lines.push(line.trim()));
/**
 * @param {string} path
 * @param {string | object} content
 */
const write = (path, content) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
};

describe('Node', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('%s is new enough', (version) => expect(supportedNode(version)).toBe(true));
  it.each(['20.18.9', '18.20.0', '8.0.0'])('%s is too old', (version) => {
    const before = process.exitCode;
    expect(supportedNode(version)).toBe(false);
    expect(process.exitCode).toBe(1);
    process.exitCode = before;
  });
});

describe('installing', () => {
  const lock = (/** @type {string} */ version) => ({
    name: 'w', lockfileVersion: 3, requires: true,
    packages: { '': { name: 'w', workspaces: ['apps/*'] }, 'apps/one': { name: 'one', version }, 'node_modules/one': { resolved: 'apps/one', link: true } },
  });
  beforeEach(() => {
    write('package.json', { name: 'w', private: true, workspaces: ['apps/*'] });
    write('apps/one/package.json', { name: 'one', version: '1.0.0' });
    write('package-lock.json', lock('1.0.0'));
  });

  it('happens once, and again when the lock file has changed', async () => {
    expect(isInstalled(root)).toBe(false);
    await ensureInstalled(progress(), root);
    expect(lines).toEqual(['… Installing dependencies (npm ci)', expect.stringMatching(/^✓ Installing dependencies \(npm ci\) \([\d.]+ s\)$/)]);
    lines = [];
    await ensureInstalled(progress(), root);
    expect(lines).toEqual([]);
    write('apps/one/package.json', { name: 'one', version: '1.0.1' });
    write('package-lock.json', lock('1.0.1'));
    await ensureInstalled(progress(), root);
    expect(lines).toHaveLength(2);
  });

  it('that failed says why in one line', async () => {
    write('package.json', { name: 'w', private: true, workspaces: ['apps/*'], dependencies: { missing: 'file:./missing' } });
    await expect(ensureInstalled(progress(), root)).rejects.toThrow(/^npm ci failed: [^\n]*package-lock\.json[^\n]*\(all of it: \.nx\/npm-ci\.log\)$/);
    expect(lines.at(-1)).toMatch(/^✗ Installing/);
  });

  const one = { version: '1.0.0', integrity: 'sha512-a' };
  it.each([
    ['what the lock file says', { a: one }, { a: one }, true],
    ['all but what is for other platforms', { a: one, b: { ...one, optional: true } }, { a: one }, true],
    ['another version', { a: one }, { a: { ...one, version: '1.0.1' } }, false],
    ['another content', { a: one }, { a: { ...one, integrity: 'sha512-b' } }, false],
    ['too little', { a: one, b: one }, { a: one }, false],
    ['too much', { a: one }, { a: one, b: one }, false],
  ])('by other hands is recognised: %s', (_what, wanted, present, same) => expect(sameAsLock({ '': {}, ...wanted }, present)).toBe(same));
});

describe('building', () => {
  const source = 'apps/one/src/index.ts';
  const builds = () => readFileSync(join(root, 'builds'), 'utf8').length;
  beforeEach(() => {
    // Stands where Nx would: what is tested is when it is called.
    write('node_modules/.bin/nx', `const fs = require('fs'); fs.appendFileSync('builds', 'x'); if (fs.readFileSync('${source}', 'utf8') === 'bad') { console.log('> nx run'); console.log('error TS1: bad'); process.exit(1); } fs.mkdirSync('apps/one/dist', { recursive: true }); fs.writeFileSync('apps/one/dist/index.js', '');`);
    write('apps/one/package.json', {});
    write(source, 'one');
  });

  it('is left out when nothing has changed, and done when a source or a built file has', async () => {
    await ensureBuilt(progress(), root);
    await ensureBuilt(progress(), root);
    expect(builds()).toBe(1);
    write(source, 'other');
    await ensureBuilt(progress(), root);
    expect(builds()).toBe(2);
    utimesSync(join(root, source), new Date(0), new Date(0));
    await ensureBuilt(progress(), root);
    expect(builds()).toBe(3);
    rmSync(join(root, 'apps/one/dist'), { recursive: true });
    await ensureBuilt(progress(), root);
    expect(builds()).toBe(4);
  });

  it('that failed names the first error, and is tried again', async () => {
    write(source, 'bad');
    await expect(ensureBuilt(progress(), root)).rejects.toThrow('The build failed: error TS1: bad (all of it: .nx/build.log)');
    await expect(ensureBuilt(progress(), root)).rejects.toThrow();
    expect(builds()).toBe(2);
  });
});
