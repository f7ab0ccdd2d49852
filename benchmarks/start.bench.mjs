/** The all-in-one process: how long until it is ready, and how much memory it holds at rest. */
import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, freePort, startProcess, startTestNats, waitUntilReady } from '@trunkline/testing';
import { median, report, round } from './kit/report.mjs';

const [database, nats] = await Promise.all([createTestDatabase(), startTestNats()]);
const starts = [];
const memory = [];
try {
  for (let turn = 0; turn < 4; turn += 1) {
    const port = await freePort();
    const sandboxPort = await freePort();
    const started = performance.now();
    const program = startProcess(fileURLToPath(new URL('../apps/all-in-one/dist/main.js', import.meta.url)), {
      NODE_ENV: 'development', LOG_LEVEL: 'warn', HOST: '127.0.0.1', PORT: String(port), DATABASE_URL: database.url, NATS_URL: nats.url,
      TRUNKLINE_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'), TRUNKLINE_ADMIN_KEY: randomBytes(24).toString('hex'),
      TRUNKLINE_SANDBOX: 'true', TRUNKLINE_SANDBOX_PORT: String(sandboxPort), TRUNKLINE_SANDBOX_URL: `http://127.0.0.1:${sandboxPort}`, TRUNKLINE_EGRESS_ALLOW: `127.0.0.1:${sandboxPort}`,
    });
    await waitUntilReady(`http://127.0.0.1:${port}`, program);
    // The first start migrates an empty database; it is told apart from the others.
    starts.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const status = await readFile(`/proc/${program.pid}/status`, 'utf8').catch(() => '');
    memory.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024);
    await program.kill('SIGTERM');
  }
  report('start', {
    'first start, empty database, seconds': round(starts[0] / 1_000, 2),
    'later starts, seconds (median)': round(median(starts.slice(1)) / 1_000, 2),
    'memory of the all-in-one process at rest, MB (aim ≤ 400)': round(median(memory)),
  }, {});
} finally {
  await nats.stop();
  await database.drop();
}
