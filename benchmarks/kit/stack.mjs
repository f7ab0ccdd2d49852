/** Real parts for a benchmark: built services as processes, PostgreSQL and NATS of this run, and a caller on the bus. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { connectTestClient, createTestDatabase, freePort, startProcess, startTestNats, waitUntilReady } from '@trunkline/testing';

const main = (app) => fileURLToPath(new URL(`../../apps/${app}/dist/main.js`, import.meta.url));

/**
 * @param {{ services: string[], environment?: Record<string, string>, providerUrl: string }} options
 */
export async function startServices({ services, environment = {}, providerUrl }) {
  const [database, nats, port] = await Promise.all([createTestDatabase(), startTestNats(), freePort()]);
  const adminKey = randomBytes(24).toString('hex');
  const url = `http://127.0.0.1:${port}`;
  const shared = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    TRUNKLINE_PUBLIC_URL: url,
    TRUNKLINE_MASTER_KEY: randomBytes(32).toString('base64'),
    TRUNKLINE_ADMIN_KEY: adminKey,
    TRUNKLINE_SANDBOX_URL: providerUrl,
    TRUNKLINE_EGRESS_ALLOW: new URL(providerUrl).host,
    // One key makes all the requests.
    TRUNKLINE_REQUESTS_PER_SECOND: '0',
    TRUNKLINE_ANONYMOUS_REQUESTS_PER_SECOND: '0',
    ...environment,
  };
  const processes = new Map();
  const start = async (service, name = service) => {
    const own = service === 'gateway' ? port : await freePort();
    const program = startProcess(main(service), { ...shared, PORT: String(own) });
    processes.set(name, program);
    await waitUntilReady(`http://127.0.0.1:${own}`, program);
  };
  await Promise.all(services.map((service) => start(service)));
  const client = await connectTestClient(nats.url, 'benchmark');
  const call = async (method, path, key, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    url,
    adminKey,
    database,
    nats,
    processes,
    client,
    call,
    /** Another replica of a service, under a name of its own. */
    start,
    /** A project with a key that may do everything in it. */
    async tenant() {
      const platform = await call('POST', '/api/v1/platforms', adminKey, { name: 'Benchmark' });
      const project = await call('POST', '/api/v1/projects', adminKey, { platformId: platform.id, displayName: 'Benchmark' });
      const scopes = ['connections:read', 'connections:write', 'syncs:run', 'flows:read', 'tokens:resolve'];
      const { key } = await call('POST', '/api/v1/api-keys', adminKey, { projectId: project.id, displayName: 'Benchmark', scopes });
      return { platformId: platform.id, projectId: project.id, key };
    },
    async close() {
      await client.close();
      await Promise.all([...processes.values()].map((program) => program.kill('SIGTERM')));
      await nats.stop();
      await database.drop();
    },
  };
}
