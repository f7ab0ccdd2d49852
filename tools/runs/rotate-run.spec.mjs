import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { line, options } from './rotate-run.mjs';

describe('what is asked', () => {
  it('is read from the command line', () => {
    expect(options(['data', '--tenant', 'proj_1', '--destroy-old', '--watch', '--url', 'http://x/'])).toEqual({ url: 'http://x', watch: true, body: { kind: 'data', tenant: 'proj_1', destroyOld: true } });
    expect(options(['master'])).toEqual({ url: 'http://localhost:3000', watch: false, body: { kind: 'master', destroyOld: false } });
  });
  it.each([[[]], [['other']], [['data', 'master']], [['data', '--force']]])('is refused where it is unclear: %j', (args) => {
    expect(() => options(args)).toThrow('npm run rotate -- master|data');
  });
});

it('shows a rotation in one line', () => {
  const rotation = { id: 'rot_1', status: /** @type {const} */ ('failed'), total: 5, done: 3, failed: 2, lastError: 'VAULT_SEALED_CORRUPT: credential conn_1' };
  expect(line('credentials', rotation)).toBe('credentials      failed   3 of 5, 2 failed  rot_1  (VAULT_SEALED_CORRUPT: credential conn_1)');
});

it('starts, watches until all are done, and ends with a line of JSON', async () => {
  const rotation = (/** @type {string} */ id, /** @type {string} */ status, done = 0) => ({ id, status, total: 2, done, failed: 0, lastError: null });
  /** @type {unknown[]} */
  const asked = [];
  let looks = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const answer = (/** @type {object} */ value, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (request.headers.authorization !== 'Bearer the-key') return void answer({ params: { message: 'The key is not valid.' } }, 401);
      if (request.method === 'POST') {
        asked.push(JSON.parse(body));
        return void answer({ credentials: rotation('rot_1', 'running'), clientSecrets: rotation('rot_2', 'done', 2), webhookSecrets: rotation('rot_3', 'done', 2) }, 202);
      }
      looks += 1;
      answer({ credentials: [rotation('rot_0', 'done'), rotation('rot_1', looks > 1 ? 'done' : 'running', looks)], clientSecrets: [rotation('rot_2', 'done', 2)], webhookSecrets: [rotation('rot_3', 'done', 2)] });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  const rotate = (/** @type {string} */ key) =>
    new Promise((/** @type {(result: { code: number | null, out: string, problem: string }) => void} */ resolve) => {
      const child = spawn(process.execPath, [join(repositoryRoot, 'tools', 'rotate.mjs'), 'data', '--watch', '--url', url], { env: { ...process.env, TRUNKLINE_ADMIN_KEY: key } });
      let [out, problem] = ['', ''];
      child.stdout.on('data', (chunk) => (out += chunk));
      child.stderr.on('data', (chunk) => (problem += chunk));
      child.once('exit', (code) => resolve({ code, out, problem }));
    });
  try {
    const { code, out } = await rotate('the-key');
    expect(code).toBe(0);
    expect(asked).toEqual([{ kind: 'data', destroyOld: false }]);
    const lines = out.trim().split('\n');
    expect(lines).toContain('credentials      running  1 of 2  rot_1');
    expect(JSON.parse(/** @type {string} */ (lines.at(-1)))).toEqual({ credentials: rotation('rot_1', 'done', 2), clientSecrets: rotation('rot_2', 'done', 2), webhookSecrets: rotation('rot_3', 'done', 2) });
    expect(await rotate('another')).toMatchObject({ code: 1, problem: 'Trunkline refused (401): The key is not valid.\n' });
  } finally {
    server.close();
  }
});
