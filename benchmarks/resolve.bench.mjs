/**
 * Token resolve through the gateway, by connection and by connector, over 10,000 connections of four tenants in turn: beside the bare
 * chain it stands on (Fastify → NATS request → reply) at the same number of requests in flight and beside one prepared primary-key read.
 * All in one run, taking turns; medians.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '@trunkline/testing';
import { credentials, Secret, newId } from '@trunkline/contracts';
import { load, withWrk } from './kit/load.mjs';
import { startProgram } from './kit/program.mjs';
import { median, report, round } from './kit/report.mjs';
import { startServices } from './kit/stack.mjs';

const connections = 10_000;
const tenants = 4;
const levels = [1, 16, 64];
const seconds = 3;
const rounds = 3;
/** Transactions of services that only look whether there is something to do. */
const quietPerMs = 0.1;

const providerPort = await freePort();
const provider = await startProgram('page-server.mjs', undefined, { PORT: String(providerPort), PAGES: '1' });
const stack = await startServices({ services: ['connector-registry', 'token-refresher', 'gateway'], providerUrl: `http://127.0.0.1:${providerPort}` });
const barePort = await freePort();
const bare = [
  await startProgram('bare-chain.mjs', 'responder', { NATS_URL: stack.nats.url }),
  await startProgram('bare-chain.mjs', 'gateway', { NATS_URL: stack.nats.url, PORT: String(barePort) }),
];
const pool = new pg.Pool({ connectionString: stack.database.url, max: Math.max(...levels) });
try {
  const stored = await storeCredentials();
  const json = { 'content-type': 'application/json' };
  const chains = {
    bare: {
      url: `http://127.0.0.1:${barePort}`,
      requests: stored.map(({ id }) => ({ path: '/bare', headers: json, body: JSON.stringify({ connectionId: id }) })),
    },
    byConnection: {
      url: stack.url,
      requests: stored.map(({ id, key }) => ({ path: `/api/v1/app-connections/${id}/token`, headers: { 'x-api-key': key } })),
    },
    byConnector: {
      url: stack.url,
      requests: stored.map(({ id, key }) => ({ path: '/api/connectors/sandbox_crm/token', headers: { ...json, 'x-services-token': key }, body: JSON.stringify({ connectionId: id }) })),
    },
  };
  const run = (chain, inFlight, duration = seconds) => load({ ...chains[chain], method: 'POST', connections: inFlight, seconds: duration });

  // One answer is looked at before thousands are counted; every connection is handed out once, which writes the hour's audit entries.
  const answer = await stack.call('POST', `/api/v1/app-connections/${stored[7].id}/token`, stored[7].key);
  if (answer.token !== stored[7].token) throw new Error('The resolve did not answer the token that was stored');
  await inTurn(stored, 32, ({ id, key }) => stack.call('POST', `/api/v1/app-connections/${id}/token`, key));
  await untilQuiet();
  await stack.database.query('VACUUM ANALYZE tokens.credential');
  for (const chain of Object.keys(chains)) await run(chain, 64);

  const figures = Object.fromEntries([...Object.keys(chains), 'read'].map((name) => [name, new Map(levels.map((level) => [level, []]))]));
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const level of levels) {
      for (const chain of Object.keys(chains)) {
        figures[chain].get(level).push(await run(chain, level));
      }
      figures.read.get(level).push(await primaryKeyReads(stored, level));
    }
  }
  const statements = new Map();
  for (const level of levels) statements.set(level, await statementsOf(() => run('byConnection', level)));
  tell(figures, statements);
} finally {
  await pool.end();
  await stack.close();
  await Promise.all([...bare, provider].map((program) => program.stop()));
}

/** Connections as the OAuth walk leaves them: the registry's row, then the credential stored by the service that keeps it. */
async function storeCredentials() {
  const owners = [];
  for (let made = 0; made < tenants; made += 1) owners.push(await stack.tenant());
  const wanted = Array.from({ length: connections }, (_, index) => ({ id: newId('connection'), token: `token-${index}`.padEnd(64, 'x'), ...owners[index % tenants] }));
  await stack.database.query(
    `INSERT INTO registry.connection (id, external_id, platform_id, project_id, connector, piece_name, type, display_name, status, pending_until)
     SELECT id, id, platform_id, project_id, 'sandbox_crm', 'sandbox_crm', 'PLATFORM_OAUTH2', 'Benchmark', 'pending', now() + interval '1 hour'
     FROM unnest($1::text[], $2::text[], $3::text[]) AS made (id, platform_id, project_id)`,
    [wanted.map(({ id }) => id), wanted.map(({ platformId }) => platformId), wanted.map(({ projectId }) => projectId)],
  );
  await inTurn(wanted, 32, ({ id, token, platformId, projectId }) =>
    stack.client.rpc.call(credentials.put, {
      connectionId: id, platformId, projectId, projectIds: [projectId], ownerId: null, connector: 'sandbox_crm', type: 'PLATFORM_OAUTH2', inputs: {}, allowOtherAccount: true,
      credential: {
        type: 'OAUTH2', accessToken: new Secret(token), refreshToken: new Secret('refresh'), tokenType: 'Bearer', expiresInSeconds: 14_400, ageMs: 0, scopes: [], oauthAppId: 'app_benchmark',
        second: null, refreshExpiresInSeconds: null, grantType: 'authorization_code',
      },
    }),
  );
  return wanted;
}

async function inTurn(list, atOnce, work) {
  const left = list.values();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const item of left) await work(item);
  }));
}

async function primaryKeyReads(stored, inFlight) {
  const until = performance.now() + seconds * 1_000;
  let done = 0;
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (performance.now() < until) {
      await pool.query({ name: 'read', text: 'SELECT * FROM tokens.credential WHERE connection_id = $1', values: [stored[done % stored.length].id] });
      done += 1;
    }
  }));
  return { rps: done / seconds };
}

/**
 * Statements of a load per request, without what the services do when nothing is asked of them. Every statement of the hot path is a
 * transaction of its own; nothing else runs meanwhile but the services' own polling.
 */
async function statementsOf(load) {
  const first = await allTransactions();
  const second = await allTransactions();
  const { count } = await load();
  const third = await allTransactions();
  const idleRate = (second.count - first.count) / (second.at - first.at);
  return (third.count - second.count - idleRate * (third.at - second.at)) / count;
}

/** Of backends that have fallen silent, too: those tell their last second after ten. */
async function allTransactions() {
  await pause(10_500);
  return transactions();
}

/**
 * What storing and handing out for the first time left to do (events, health, audit entries: some five transactions for each connection) must not
 * be measured too. Services that are never quite still must not keep the benchmark from being made: three minutes at most.
 */
async function untilQuiet() {
  const until = performance.now() + 180_000;
  for (let before = await transactions(); performance.now() < until; ) {
    await pause(1_000);
    const now = await transactions();
    if ((now.count - before.count) / (now.at - before.at) < quietPerMs) return;
    before = now;
  }
}

async function transactions() {
  // A backend reports what it did at most once a second.
  await pause(1_200);
  const [{ count }] = await stack.database.query('SELECT (xact_commit + xact_rollback)::int8 AS count FROM pg_stat_database WHERE datname = current_database()');
  return { count: Number(count), at: performance.now() };
}

function tell(figures, statements) {
  const failed = ['bare', 'byConnection', 'byConnector'].flatMap((chain) => [...figures[chain].values()].flat()).reduce((sum, { errors }) => sum + errors, 0);
  const mid = (name, level, member) => median(figures[name].get(level).map((figure) => figure[member]));
  const shown = (name, level) => `${round(mid(name, level, 'rps'))}/s, p50 ${round(mid(name, level, 'p50'), 1)} ms, p99 ${round(mid(name, level, 'p99'), 1)} ms`;
  const rows = { 'load from': withWrk ? 'wrk' : 'autocannon', connections };
  const ratios = {};
  for (const level of levels) {
    rows[`${level} in flight: bare chain`] = shown('bare', level);
    rows[`${level} in flight: resolve by connection`] = shown('byConnection', level);
    rows[`${level} in flight: resolve by connector`] = shown('byConnector', level);
    rows[`${level} in flight: prepared primary-key read`] = `${round(mid('read', level, 'rps'))}/s`;
    rows[`${level} in flight: SQL statements per resolve (aim ≤ 1)`] = round(statements.get(level), 3);
    ratios[`${level} in flight, resolve by connection : bare chain`] = { value: mid('byConnection', level, 'rps') / mid('bare', level, 'rps'), aim: 0.6 };
    ratios[`${level} in flight, resolve by connector : bare chain`] = { value: mid('byConnector', level, 'rps') / mid('bare', level, 'rps'), aim: 0.6 };
    ratios[`${level} in flight, resolve by connection : primary-key read`] = { value: mid('byConnection', level, 'rps') / mid('read', level, 'rps') };
  }
  rows['64 in flight: p99 of resolve by connection, ms (aim ≤ 25)'] = round(mid('byConnection', 64, 'p99'), 1);
  rows['failed requests (aim 0)'] = failed;
  report('resolve', rows, ratios);
}
