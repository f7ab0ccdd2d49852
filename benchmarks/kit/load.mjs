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
 * @param {{ url: string, method?: string, headers?: Record<string, string>, body?: string, requests?: { path: string, headers?: Record<string, string>, body?: string }[], connections: number, seconds: number }} options
 *   `requests`: made in turn, over and over; `url` is then the origin alone.
 * @returns {Promise<{ rps: number, count: number, p50: number, p99: number, errors: number }>} latencies in milliseconds
 */
export async function load({ url, method = 'GET', headers = {}, body, requests, connections, seconds }) {
  const plan = { url, method, headers, body, requests, connections, seconds };
  return withWrk ? loadByWrk(plan) : loadByAutocannon(plan);
}

/** Text as a Lua string: JSON's escapes of what may stand here are Lua's too. */
const lua = (text) => JSON.stringify(text);

async function loadByWrk({ url, method, headers, body, requests, connections, seconds }) {
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-bench-'));
  try {
    const script = join(folder, 'request.lua');
    // The key travels in a file, never in an argument that every process on the machine can read.
    await writeFile(
      script,
      [
        `wrk.method = ${lua(method)}`,
        ...(body === undefined ? [] : [`wrk.body = ${lua(body)}`]),
        ...Object.entries(headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`),
        ...(requests === undefined ? [] : rotation(requests)),
        'done = function(summary, latency) io.write(string.format("RESULT %f %d %f %f %d\\n", summary.requests / summary.duration * 1e6, summary.requests, latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout)) end',
      ].join('\n'),
      { mode: 0o600 },
    );
    const { stdout } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url]);
    const [rps, count, p50, p99, errors] = /RESULT (\S+) (\S+) (\S+) (\S+) (\d+)/.exec(stdout).slice(1).map(Number);
    return { rps, count, p50, p99, errors };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every request is written out once, before the first is sent: the generator shares its core with what it measures. */
const rotation = (requests) => [
  'local plan = {',
  ...requests.map(({ path, headers = {}, body }) => `{${lua(path)}, {${Object.entries(headers).map(([name, value]) => `[${lua(name)}] = ${lua(value)}`).join(', ')}}, ${body === undefined ? 'nil' : lua(body)}},`),
  '}',
  'local ready, next = {}, 0',
  'init = function()',
  '  for i, one in ipairs(plan) do',
  '    for name, value in pairs(wrk.headers) do one[2][name] = one[2][name] or value end',
  '    ready[i] = wrk.format(nil, one[1], one[2], one[3])',
  '  end',
  'end',
  'request = function() next = next % #ready + 1 return ready[next] end',
];

async function loadByAutocannon({ requests, connections, seconds, ...plan }) {
  const { default: autocannon } = await import('autocannon');
  const result = await autocannon({ ...plan, ...(requests === undefined ? {} : { requests: requests.map((one) => ({ ...one, method: plan.method, headers: { ...plan.headers, ...one.headers } })) }), connections, duration: seconds });
  return { rps: result.requests.average, count: result.requests.total, p50: result.latency.p50, p99: result.latency.p99, errors: result.non2xx + result.errors };
}
