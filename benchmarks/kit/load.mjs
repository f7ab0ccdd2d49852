/** HTTP load: wrk when it is on PATH (lightest), else autocannon. Requests are bounded by time and stop by themselves. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

async function findWrk() {
  try {
    await run('wrk', ['--version']).catch((error) => {
      if (error.code === 'ENOENT') throw error;
    });
    return true;
  } catch {
    return false;
  }
}
export const withWrk = await findWrk();

/**
 * @returns {Promise<{ rps: number, p50: number, p99: number, errors: number }>} latencies in milliseconds
 */
export async function load({ url, method = 'GET', headers = {}, body, connections, seconds }) {
  return withWrk ? loadByWrk({ url, method, headers, body, connections, seconds }) : loadByAutocannon({ url, method, headers, body, connections, seconds });
}

async function loadByWrk({ url, method, headers, body, connections, seconds }) {
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-bench-'));
  try {
    const script = join(folder, 'request.lua');
    // The key travels in a file, never in an argument that every process on the machine can read.
    await writeFile(
      script,
      [
        `wrk.method = ${JSON.stringify(method)}`,
        ...(body === undefined ? [] : [`wrk.body = ${JSON.stringify(body)}`]),
        ...Object.entries(headers).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`),
        'done = function(summary, latency) io.write(string.format("RESULT %f %f %f %d\\n", summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout)) end',
      ].join('\n'),
      { mode: 0o600 },
    );
    const { stdout } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url]);
    const [, rps, p50, p99, errors] = /RESULT (\S+) (\S+) (\S+) (\d+)/.exec(stdout);
    return { rps: Number(rps), p50: Number(p50), p99: Number(p99), errors: Number(errors) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function loadByAutocannon({ url, method, headers, body, connections, seconds }) {
  const { default: autocannon } = await import('autocannon');
  const result = await autocannon({ url, method, headers, body, connections, duration: seconds });
  return { rps: result.requests.average, p50: result.latency.p50, p99: result.latency.p99, errors: result.non2xx + result.errors };
}
