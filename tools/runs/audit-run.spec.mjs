import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { options } from './audit-run.mjs';

it('is read from the command line', () => {
  expect(options(['--platform', 'plat_1', '--url', 'http://x/'])).toEqual({ platform: 'plat_1', url: 'http://x' });
  expect(() => options(['plat_1'])).toThrow('npm run audit:verify');
});

it.each([
  [{ entries: 7, intact: true, brokenAt: null, head: 'ab' }, 0, 'intact: the chain of plat_1, 7 entries'],
  [{ entries: 2, intact: false, brokenAt: 3, head: 'ab' }, 1, 'BROKEN at entry 3: the chain of plat_1, 2 entries'],
])('says what was found, and ends accordingly: %#', async (found, code, line) => {
  /** @type {unknown[]} */
  const asked = [];
  const server = createServer((request, response) => {
    asked.push([request.url, request.headers.authorization]);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  try {
    const child = spawn(process.execPath, [join(repositoryRoot, 'tools', 'audit.mjs'), '--platform', 'plat_1', '--url', url], { env: { ...process.env, TRUNKLINE_ADMIN_KEY: 'the-key' } });
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(code);
    expect(out.trim().split('\n')).toEqual([line, JSON.stringify(found)]);
    expect(asked).toEqual([['/api/v1/audit/verify?platformId=plat_1', 'Bearer the-key']]);
  } finally {
    server.close();
  }
});
