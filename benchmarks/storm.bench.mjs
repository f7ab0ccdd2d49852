/**
 * Refreshing at scale. First many due credentials against a provider that answers at once, beside a bare loop (the provider's answer and
 * one UPDATE per token), taking turns; then a storm: 3,000 tokens that expire within the same minute at a provider that takes 300 ms.
 * COUNT sets how many are due in the first part (default 20,000).
 */
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { newId, oauthApps, Secret } from '@trunkline/contracts';
import { answerRpc, freePort, waitFor } from '@trunkline/testing';
import { cpuSeconds } from './kit/cpu.mjs';
import { startProgram } from './kit/program.mjs';
import { median, report, round } from './kit/report.mjs';
import { fillCredentials } from './kit/sealed-credentials.mjs';
import { startServices } from './kit/stack.mjs';

const many = Number(process.env.COUNT ?? 20_000);
const rounds = Number(process.env.ROUNDS ?? 3);
const stormSize = 3_000;
const stormDelayMs = 300;
const cap = 50;
const secondsLeft = 60;

/** A token-refresher with a database, a bus and a provider of its own. */
async function startWorld({ delayMs, count, environment = {} }) {
  const port = await freePort();
  const masterKey = randomBytes(32).toString('base64');
  const providerUrl = `http://127.0.0.1:${port}`;
  const provider = await startProgram('token-server.mjs', undefined, { PORT: String(port), DELAY_MS: String(delayMs) });
  const stack = await startServices({
    services: ['token-refresher'],
    providerUrl,
    environment: { TRUNKLINE_MASTER_KEY: masterKey, TRUNKLINE_REFRESH_SWEEP_INTERVAL_MS: '500', ...environment },
  });
  const apps = await answerRpc(stack.nats.url, oauthApps.reveal, () => ({ clientId: 'client', clientSecret: new Secret('secret'), privateKey: null, keyId: null }));
  const close = async () => {
    await apps.stop();
    await stack.close();
    await provider.stop();
  };
  const [{ name }] = await stack.database.query('SELECT current_database() AS name');
  await fillCredentials({ stack, masterKey, count, oauthAppId: newId('oauthApp') }).catch(async (error) => {
    await close();
    throw error;
  });
  return {
    stack,
    providerUrl,
    figures: async () => (await fetch(`${providerUrl}/figures`)).json(),
    cpu: () => cpuSeconds((line, pid) => {
      if (pid === stack.processes.get('token-refresher').pid) return 'token-refresher';
      if (line.includes('token-server.mjs')) return 'provider';
      if (line.startsWith('postgres:') && line.includes(` ${name} `)) return 'PostgreSQL';
      if (line.includes(dirname(stack.nats.storeDirectory))) return 'nats-server';
      return undefined;
    }),
    close,
  };
}

const one = async (stack, text, values) => (await stack.database.query(text, values))[0];

/** Makes every credential due at this moment and waits until none is. */
async function renewAll({ stack, figures, cpu }) {
  await stack.database.query('VACUUM ANALYZE tokens.credential');
  await figures();
  const before = { cpu: await cpu(), ...(await one(stack, 'SELECT sum(version)::int AS versions, pg_current_wal_lsn() AS lsn FROM tokens.credential')) };
  const transactions = async () => Number((await one(stack, 'SELECT xact_commit AS commits FROM pg_stat_database WHERE datname = current_database()')).commits);
  const commits = await transactions();
  const started = performance.now();
  await stack.database.query(`UPDATE tokens.credential SET refresh_due_at = clock_timestamp(), access_expires_at = clock_timestamp() + make_interval(secs => $1)`, [secondsLeft]);
  const made = performance.now();
  const marks = [];
  const late = await waitFor(async () => {
    const { due, late } = await one(stack, `SELECT count(*)::int AS due, count(*) FILTER (WHERE access_expires_at <= clock_timestamp())::int AS late FROM tokens.credential WHERE refresh_due_at <= statement_timestamp()`);
    marks.push({ at: performance.now(), due });
    if (late > 0) throw new Error(`${late} tokens expired before they were renewed`);
    return due === 0 && { late };
  }, { what: 'all to be renewed', timeoutMs: 600_000, intervalMs: 200 });
  const done = performance.now();
  const told = await waitFor(async () => (await one(stack, 'SELECT count(*)::int AS left FROM tokens.outbox')).left === 0 && performance.now(), { what: 'all to be told', timeoutMs: 120_000, intervalMs: 100 });
  const after = { cpu: await cpu(), ...(await one(stack, 'SELECT sum(version)::int AS versions, count(*)::int AS all, pg_current_wal_lsn() AS lsn FROM tokens.credential')) };
  const { wal } = await one(stack, 'SELECT pg_wal_lsn_diff($1::pg_lsn, $2::pg_lsn)::float8 AS wal', [after.lsn, before.lsn]);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const half = marks.find(({ due }) => due <= after.all / 2).at;
  const renewed = after.versions - before.versions;
  return {
    renewed,
    seconds: (done - made) / 1_000,
    rate: renewed / ((done - made) / 1_000),
    firstHalf: renewed / 2 / ((half - made) / 1_000),
    secondHalf: renewed / 2 / ((done - half) / 1_000),
    tellSeconds: (told - done) / 1_000,
    transactions: (await transactions() - commits) / renewed,
    walKb: wal / renewed / 1_024,
    cpu: Object.fromEntries(Object.entries(after.cpu).map(([name, seconds]) => [name, ((seconds - (before.cpu[name] ?? 0)) / renewed) * 1e6])),
    late: late.late,
    provider: await figures(),
  };
}

async function bareLoop({ stack, providerUrl }, count) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('kit/bare-refresh.mjs', import.meta.url))], {
    env: { PATH: process.env.PATH, DATABASE_URL: stack.database.url, TOKEN_URL: `${providerUrl}/oauth/token`, COUNT: String(count), LOOPS: String(cap) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await new Promise((resolve) => child.once('exit', resolve));
  return Number(/rate (\S+)/.exec(output)[1]);
}

const microseconds = (cpu) => Object.entries(cpu).map(([name, value]) => `${name} ${round(value)}`).join(', ');
const rows = {};
const ratios = {};

const quick = await startWorld({ delayMs: 0, count: many, environment: process.env.QUICK_ENVIRONMENT === undefined ? {} : JSON.parse(process.env.QUICK_ENVIRONMENT) });
try {
  const [runs, bare] = [[], []];
  for (let turn = 0; turn < rounds; turn += 1) {
    bare.push(await bareLoop(quick, many / 2));
    runs.push(await renewAll(quick));
  }
  const middle = [...runs].sort((a, b) => a.rate - b.rate)[Math.floor(runs.length / 2)];
  rows[`${many} due at once, provider answers at once: refreshes/s`] = `${round(middle.rate)} (of ${runs.map(({ rate }) => round(rate)).join(', ')})`;
  rows['  first half / second half, refreshes/s'] = `${round(middle.firstHalf)} / ${round(middle.secondHalf)}`;
  rows['  calls / duplicates / most at once at the provider'] = `${middle.provider.calls} / ${middle.provider.duplicates} / ${middle.provider.peak}`;
  rows['  last event told after the last refresh, seconds'] = round(middle.tellSeconds, 1);
  rows['  PostgreSQL transactions per refresh (relay included)'] = round(middle.transactions, 3);
  rows['  WAL per refresh, kB'] = round(middle.walKb, 1);
  rows['  processor time per refresh, µs'] = microseconds(middle.cpu);
  rows['bare loop (fetch + one UPDATE), refreshes/s'] = `${round(median(bare))} (of ${bare.map((rate) => round(rate)).join(', ')})`;
  ratios['sweep : bare loop'] = { value: median(runs.map(({ rate }) => rate)) / median(bare) };
} finally {
  await quick.close();
}

if (process.env.STORM !== 'no') {
  const storm = await startWorld({ delayMs: stormDelayMs, count: stormSize, environment: { TRUNKLINE_REFRESH_HOST_CONCURRENCY: String(cap) } });
  try {
    const run = await renewAll(storm);
    const floor = (stormSize / cap) * (stormDelayMs / 1_000);
    rows[`storm: tokens expiring within ${secondsLeft} s / calls / duplicates`] = `${stormSize} / ${run.provider.calls} / ${run.provider.duplicates}`;
    rows['  renewed too late'] = run.late;
    rows[`  most at once at the provider (cap ${cap})`] = run.provider.peak;
    rows['  time to finish, seconds (floor of the cap)'] = `${round(run.seconds, 1)} (${round(floor, 1)})`;
    ratios['storm: floor of the cap : time to finish'] = { value: floor / run.seconds, aim: 0.9 };
    if (run.provider.calls !== stormSize || run.provider.duplicates > 0 || run.provider.peak > cap) process.exitCode = 1;
  } finally {
    await storm.close();
  }
}
report('storm', rows, ratios);
