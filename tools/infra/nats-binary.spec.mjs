import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureNatsServer } from './nats-binary.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkline-nats-binary-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * @param {string} place
 * @param {string} version
 */
const program = (place, version) => {
  const path = join(folder, place, 'nats-server');
  mkdirSync(join(folder, place), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  chmodSync(path, 0o755);
  return path;
};
const ensure = (/** @type {NodeJS.ProcessEnv} */ environment) => ensureNatsServer({ cacheDir: join(folder, 'tools'), environment });

describe('finding nats-server', () => {
  it('takes the one NATS_SERVER names, and refuses it if it is too old or none', async () => {
    const path = program('own', '2.12.7');
    expect(await ensure({ NATS_SERVER: path, PATH: '' })).toBe(path);
    const old = program('old', '2.9.10');
    await expect(ensure({ NATS_SERVER: old })).rejects.toThrow(`NATS_SERVER is ${old}, version 2.9.10; at least 2.10 is needed.`);
    await expect(ensure({ NATS_SERVER: join(folder, 'none') })).rejects.toThrow('does not run as a nats-server');
  });

  it('takes the one on the PATH, and one that was unpacked earlier otherwise', async () => {
    const onPath = program('bin', '2.10.0');
    const cached = program('tools/nats-server_2.10.27/usr/bin', '2.10.27');
    expect(await ensure({ PATH: join(folder, 'bin') })).toBe(onPath);
    // An installed one outside of the PATH's folders goes before the cache too.
    const installed = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].some((place) => existsSync(join(place, 'nats-server')));
    if (!installed) {
      program('bin', '2.9.10');
      expect(await ensure({ PATH: join(folder, 'bin') })).toBe(cached);
    }
  });
});
