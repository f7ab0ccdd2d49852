/**
 * Token resolve through the gateway, beside the bare chain it stands on (Fastify → NATS request → reply) and beside one prepared
 * primary-key read, in one run, taking turns.
 */
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { freePort } from '@trunkline/testing';
import { credentials, Secret, newId } from '@trunkline/contracts';
import { load, withWrk } from './kit/load.mjs';
import { startProgram } from './kit/program.mjs';
import { median, report, round } from './kit/report.mjs';
import { startServices } from './kit/stack.mjs';

const inFlight = 64;
const seconds = 4;
const rounds = 3;

const providerPort = await freePort();
const provider = await startProgram('page-server.mjs', undefined, { PORT: String(providerPort), PAGES: '1' });
const stack = await startServices({ services: ['connector-registry', 'token-refresher', 'gateway'], providerUrl: `http://127.0.0.1:${providerPort}` });
const barePort = await freePort();
const bare = [
  await startProgram('bare-chain.mjs', 'responder', { NATS_URL: stack.nats.url }),
  await startProgram('bare-chain.mjs', 'gateway', { NATS_URL: stack.nats.url, PORT: String(barePort) }),
];
const pool = new pg.Pool({ connectionString: stack.database.url, max: 10 });
try {
  const tenant = await stack.tenant();
  for (let made = 0; made < 200; made += 1) {
    const id = newId('connection');
    // A connection as the OAuth walk leaves it: the registry's row, then the credential stored by the service that keeps it.
    await stack.database.query(
      `INSERT INTO registry.connection (id, external_id, platform_id, project_id, connector, piece_name, type, display_name, status, pending_until)
       VALUES ($1, $1, $2, $3, 'sandbox_crm', 'sandbox_crm', 'PLATFORM_OAUTH2', 'Benchmark', 'pending', now() + interval '1 hour')`,
      [id, tenant.platformId, tenant.projectId],
    );
    await stack.client.rpc.call(credentials.put, {
      connectionId: id, platformId: tenant.platformId, projectId: tenant.projectId, projectIds: [tenant.projectId], ownerId: null, connector: 'sandbox_crm', type: 'PLATFORM_OAUTH2', inputs: {}, allowOtherAccount: true,
      credential: { type: 'OAUTH2', accessToken: new Secret(`token-${made}`.padEnd(64, 'x')), refreshToken: new Secret('refresh'), tokenType: 'Bearer', expiresInSeconds: 7_200, ageMs: 0, scopes: [], oauthAppId: 'app_benchmark' },
    });
  }
  const [{ connection_id: connectionId }] = await stack.database.query('SELECT connection_id FROM tokens.credential LIMIT 1');
  const resolve = () => load({
    url: `${stack.url}/api/connectors/sandbox_crm/token`, method: 'POST', connections: inFlight, seconds,
    headers: { 'x-services-token': tenant.key, 'content-type': 'application/json' }, body: JSON.stringify({ connectionId }),
  });
  const bareChain = () => load({ url: `http://127.0.0.1:${barePort}/bare`, method: 'POST', connections: inFlight, seconds, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ connectionId }) });
  const primaryKeyRead = async () => {
    const until = performance.now() + seconds * 1_000;
    let done = 0;
    await Promise.all(Array.from({ length: 10 }, async () => {
      while (performance.now() < until) {
        await pool.query({ name: 'read', text: 'SELECT * FROM tokens.credential WHERE connection_id = $1', values: [connectionId] });
        done += 1;
      }
    }));
    return done / seconds;
  };
  // One answer is looked at before thousands are counted.
  const answer = await stack.call('POST', '/api/connectors/sandbox_crm/token', tenant.key, { connectionId });
  if (typeof answer.token !== 'string') throw new Error('The resolve did not answer a token');
  await resolve();
  await bareChain();
  const figures = { resolve: [], bare: [], read: [] };
  for (let round = 0; round < rounds; round += 1) {
    figures.bare.push(await bareChain());
    figures.resolve.push(await resolve());
    figures.read.push(await primaryKeyRead());
  }
  const errors = [...figures.resolve, ...figures.bare].reduce((sum, { errors: count }) => sum + count, 0);
  const rps = (list) => median(list.map((figure) => figure.rps));
  report('resolve', {
    [`load from`]: withWrk ? 'wrk' : 'autocannon',
    [`bare chain, ${inFlight} in flight, requests/s`]: round(rps(figures.bare)),
    [`token resolve through the gateway, requests/s`]: round(rps(figures.resolve)),
    'token resolve p50 / p99 ms': `${round(median(figures.resolve.map(({ p50 }) => p50)), 1)} / ${round(median(figures.resolve.map(({ p99 }) => p99)), 1)}`,
    'prepared primary-key read of the same row, reads/s': round(median(figures.read)),
    'failed requests': errors,
  }, {
    'resolve : bare chain': { value: rps(figures.resolve) / rps(figures.bare), aim: 0.35 },
    'resolve : primary-key read': { value: rps(figures.resolve) / median(figures.read) },
  });
} finally {
  await pool.end();
  await stack.close();
  await Promise.all([...bare, provider].map((program) => program.stop()));
}
