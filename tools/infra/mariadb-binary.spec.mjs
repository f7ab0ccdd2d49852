import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureMariadb } from './mariadb-binary.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkline-mariadb-binary-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * @param {string} place
 * @param {string} says
 */
const program = (place, says) => {
  const path = join(folder, place, 'mariadbd');
  mkdirSync(join(folder, place), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "${says}"\n`);
  chmodSync(path, 0o755);
  return path;
};
const installed = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].some((place) => existsSync(join(place, 'mariadbd')));

describe('finding mariadbd', () => {
  it('takes the one on the PATH, with the folder it was installed to', async () => {
    const path = program('own/sbin', 'mariadbd  Ver 11.8.2-MariaDB for Linux');
    expect(await ensureMariadb({ cacheDir: join(folder, 'tools'), environment: { PATH: join(folder, 'own/sbin') } })).toEqual({ program: path, base: join(folder, 'own'), environment: {} });
  });

  (installed ? it.skip : it)('takes one that was unpacked earlier, with the libraries that came with it', async () => {
    program('none', 'mysqld  Ver 8.4.0 for Linux');
    const path = program('tools/mariadb-server-core_10.11.19/usr/sbin', 'mariadbd  Ver 10.11.19-MariaDB-0+deb12u1');
    const libraries = join(folder, 'tools/mariadb-server-core_10.11.19/usr/lib/x86_64-linux-gnu');
    mkdirSync(libraries, { recursive: true });
    expect(await ensureMariadb({ cacheDir: join(folder, 'tools'), environment: { PATH: join(folder, 'none') } })).toEqual({
      program: path,
      base: join(folder, 'tools/mariadb-server-core_10.11.19/usr'),
      environment: { LD_LIBRARY_PATH: libraries },
    });
  });
});
