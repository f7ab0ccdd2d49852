/**
 * Lists of connections: ten of 100,000 beside ten of 100, with each filter, taking turns. Then upsert and get through the gateway beside
 * a bare Fastify with one prepared statement.
 */
import { performance } from 'node:perf_hooks';
import { Agent, request } from 'undici';
import { freePort } from '@trunkline/testing';
import { load, withWrk } from './kit/load.mjs';
import { startProgram } from './kit/program.mjs';
import { median, report, round } from './kit/report.mjs';
import { startServices } from './kit/stack.mjs';

const many = 100_000;
const few = 100;
const samples = 300;
const seconds = 4;
const rounds = 3;
const inFlight = 16;

const filters = {
  'no filter': '',
  'pieceName, common': '&pieceName=sandbox_crm',
  'pieceName, rare': '&pieceName=sandbox_graphql',
  'displayName, part of every name': '&displayName=shop',
  'displayName, part of one name': '&displayName=NUMBER%2042%20',
  'displayName, part of none': '&displayName=nowhere',
  'status ACTIVE': '&status=ACTIVE',
  'status ERROR': '&status=ERROR',
  'status ERROR or MISSING': '&status=ERROR&status=MISSING',
  'scope PROJECT': '&scope=PROJECT',
  'scope PLATFORM': '&scope=PLATFORM',
  externalId: '&externalId=ext_42',
  'all of them at once': '&pieceName=sandbox_crm&displayName=shop&status=ACTIVE&scope=PROJECT',
};

const stack = await startServices({
  services: ['connector-registry', 'token-refresher', 'sync-orchestrator', 'gateway'],
  providerUrl: 'http://127.0.0.1:9',
});
const barePort = await freePort();
const bare = await startProgram('bare-rest.mjs', undefined, { DATABASE_URL: stack.database.url, PORT: String(barePort) });
const agent = new Agent({ connections: 1 });

async function fill(tenant, count) {
  await stack.database.query(
    `INSERT INTO registry.connection (id, external_id, platform_id, project_id, connector, piece_name, type, display_name, status, status_reason, credential_version, pending_until, created_at)
     SELECT 'conn_' || md5($2 || n::text), 'ext_' || n, $1, $2, connector, connector, 'SECRET_TEXT', 'Shop number ' || n || ' of the company', status,
            CASE WHEN status = 'degraded' THEN 'reauth_required' END, 1, now(), now() - make_interval(secs => $3 - n)
     FROM (SELECT n, CASE WHEN n % 20 = 0 THEN 'sandbox_graphql' ELSE 'sandbox_crm' END AS connector,
                  CASE WHEN n % 10 = 0 THEN 'degraded' WHEN n % 33 = 0 THEN 'disabled' ELSE 'active' END AS status FROM generate_series(1, $3::int) AS n) AS rows`,
    [tenant.platformId, tenant.projectId, count],
  );
}

async function latencies(tenant, query) {
  const figures = [];
  for (let index = 0; index < samples; index += 1) {
    const begun = performance.now();
    const answer = await request(`${stack.url}/api/v1/app-connections?limit=10${query}`, { dispatcher: agent, headers: { 'x-api-key': tenant.key } });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${query}: ${answer.statusCode} ${text}`);
    figures.push(performance.now() - begun);
  }
  return figures;
}
const percentile = (figures, share) => [...figures].sort((a, b) => a - b)[Math.min(figures.length - 1, Math.floor(figures.length * share))];

try {
  const small = await stack.tenant();
  const large = await stack.tenant();
  await fill(small, few);
  await fill(large, many);
  await stack.database.query('VACUUM ANALYZE registry.connection');
  const rows = { 'load from': withWrk ? 'wrk' : 'autocannon' };
  const ratios = {};
  for (const [name, query] of Object.entries(filters)) {
    await latencies(small, query);
    await latencies(large, query);
    const figures = { small: [], large: [] };
    for (let turn = 0; turn < rounds; turn += 1) {
      figures.small.push(...(await latencies(small, query)));
      figures.large.push(...(await latencies(large, query)));
    }
    const [of100, ofMany] = [percentile(figures.small, 0.99), percentile(figures.large, 0.99)];
    rows[`${name}: p50 / p99 ms of ${few} | of ${many}`] = `${round(percentile(figures.small, 0.5), 2)} / ${round(of100, 2)} | ${round(percentile(figures.large, 0.5), 2)} / ${round(ofMany, 2)}`;
    ratios[`p99 of ${many} : of ${few}, ${name}`] = { value: ofMany / of100, aim: '≤ 2' };
  }

  const body = (externalId) => JSON.stringify({ displayName: 'Benchmark', pieceName: 'sandbox_crm', type: 'PLACEHOLDER', externalId, value: { type: 'PLACEHOLDER' } });
  const headers = { 'x-api-key': small.key, 'content-type': 'application/json' };
  const upsert = () => load({ url: `${stack.url}/api/v1/app-connections`, method: 'POST', headers, body: body('bench'), connections: inFlight, seconds });
  const bareUpsert = () => load({ url: `http://127.0.0.1:${barePort}/bare`, method: 'POST', headers, body: body('bench'), connections: inFlight, seconds });
  const first = await stack.call('POST', '/api/v1/app-connections', small.key, JSON.parse(body('bench')));
  const bareFirst = await (await fetch(`http://127.0.0.1:${barePort}/bare`, { method: 'POST', headers, body: body('bench') })).json();
  const get = () => load({ url: `${stack.url}/api/v1/app-connections/${first.id}`, headers: { 'x-api-key': small.key }, connections: inFlight, seconds });
  const bareGet = () => load({ url: `http://127.0.0.1:${barePort}/bare/${bareFirst.id}`, connections: inFlight, seconds });
  const kinds = { upsert, bareUpsert, get, bareGet };
  const figures = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
  for (let turn = 0; turn < rounds; turn += 1) for (const [name, measure] of Object.entries(kinds)) figures[name].push(await measure());
  const rps = (name) => median(figures[name].map((figure) => figure.rps));
  const failed = Object.values(figures).flat().reduce((sum, { errors }) => sum + errors, 0);
  rows[`upsert through the gateway, ${inFlight} in flight, requests/s`] = round(rps('upsert'));
  rows['bare Fastify + one upsert, requests/s'] = round(rps('bareUpsert'));
  rows['get through the gateway, requests/s'] = round(rps('get'));
  rows['bare Fastify + one select, requests/s'] = round(rps('bareGet'));
  rows['failed requests'] = failed;
  ratios['upsert : bare Fastify + pg'] = { value: rps('upsert') / rps('bareUpsert') };
  ratios['get : bare Fastify + pg'] = { value: rps('get') / rps('bareGet') };
  report('connections', rows, ratios);
} finally {
  await agent.close();
  // Before its database goes.
  await bare.stop();
  await stack.close();
}
