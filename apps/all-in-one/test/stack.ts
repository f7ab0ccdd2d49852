import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { serviceNames, type ServiceName } from '@trunkline/contracts';
import { natsPermissions } from '@trunkline/messaging';
import { createTestDatabase, freePort, queryDatabase, startProcess, startTestNats, waitFor, waitUntilReady, type ScriptedPlatform, type TestDatabase, type TestNats, type TestProcess } from '@trunkline/testing';

const apps = fileURLToPath(new URL('../..', import.meta.url));
const main = (app: string) => join(apps, app, 'dist', 'main.js');
const secretOf = () => randomBytes(24).toString('hex');

export interface StackOptions {
  /** A process per service (to be killed one by one) instead of all in one. */
  separate?: boolean;
  /** Services with more than one replica, by how many; the second is called `token-refresher.2`. Only with `separate`. */
  replicas?: Partial<Record<ServiceName, number>>;
  /** The platform to connect, in the sandbox's place. */
  platform?: ScriptedPlatform;
  /** Further environment of every process. */
  environment?: Record<string, string>;
  /** Used instead of a database of its own on the test run's server. */
  databaseUrl?: string;
  records?: number;
  /** Further `host:port` that may be called. */
  egressAllow?: readonly string[];
  accessTokenSeconds?: number;
}

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** The whole product on real parts: built services as processes, PostgreSQL, NATS with one user per service, the sandbox. */
export interface Stack {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly adminKey: string;
  readonly database: Pick<TestDatabase, 'query'>;
  readonly nats: TestNats;
  readonly processes: ReadonlyMap<string, TestProcess>;
  /** Where each process answers health checks and metrics. */
  readonly operations: ReadonlyMap<string, string>;
  /** What was put into the services as secrets, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** `kill -9` (or another signal). */
  kill(service: string, signal?: NodeJS.Signals): Promise<void>;
  start(service: string, environment?: Record<string, string>): Promise<void>;
  /** JSON in, JSON out. */
  call<Body = Record<string, unknown>>(method: string, path: string, options?: { key?: string; body?: unknown; headers?: Record<string, string> }): Promise<Answer<Body>>;
  /** The sandbox's control interface. */
  control(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const passwords = Object.fromEntries(serviceNames.map((name) => [name, secretOf()])) as Record<ServiceName, string>;
  const helper = { user: 'test', password: secretOf() };
  const users = [...serviceNames.map((name) => ({ user: name, password: passwords[name], permissions: natsPermissions[name] })), helper];
  const [database, nats, port, sandboxPort, directory] = await Promise.all([
    createTestDatabase(),
    startTestNats({ config: `authorization: ${JSON.stringify({ users })}`, ...helper }),
    freePort(),
    freePort(),
    mkdtemp(join(tmpdir(), 'trunkline-stack-')),
  ]);
  const adminKey = secretOf();
  const clientSecret = secretOf();
  const masterKey = randomBytes(32).toString('base64');
  const sessionSecret = secretOf();
  const url = `http://127.0.0.1:${port}`;
  const sandboxUrl = options.platform?.url ?? `http://127.0.0.1:${sandboxPort}`;
  if (options.platform !== undefined) options.platform.client.secret = clientSecret;
  const shared: Record<string, string> = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    DATABASE_URL: options.databaseUrl ?? database.url,
    NATS_URL: nats.url,
    TRUNKLINE_PUBLIC_URL: url,
    TRUNKLINE_MASTER_KEY: masterKey,
    TRUNKLINE_SESSION_SECRET: sessionSecret,
    TRUNKLINE_ADMIN_KEY: adminKey,
    TRUNKLINE_SANDBOX_URL: sandboxUrl,
    TRUNKLINE_SANDBOX_PORT: String(sandboxPort),
    TRUNKLINE_SANDBOX_DATA_DIR: join(directory, 'sandbox'),
    TRUNKLINE_SANDBOX_CLIENT_SECRET: clientSecret,
    TRUNKLINE_SANDBOX_RECORDS: String(options.records ?? 1_000),
    TRUNKLINE_SANDBOX_ACCESS_TOKEN_SECONDS: String(options.accessTokenSeconds ?? 3_600),
    TRUNKLINE_EGRESS_ALLOW: [new URL(sandboxUrl).host, ...(options.egressAllow ?? [])].join(','),
    TRUNKLINE_SPOOL_DIRECTORY: join(directory, 'spool'),
    // Tests start their syncs themselves and count what these read.
    TRUNKLINE_SYNC_FIRST_DELAY_SECONDS: '3600',
    ...options.environment,
  };
  const processes = new Map<string, TestProcess>();
  const ports = new Map<string, number>();

  const startOne = async (service: string, environment: Record<string, string> = {}) => {
    const program = await launchOne(service, environment);
    const ownPort = ports.get(service);
    if (service === 'sandbox') await waitFor(async () => (await fetch(`${sandboxUrl}/oauth/.well-known/openid-configuration`)).ok, { what: 'the sandbox', timeoutMs: 30_000 });
    else await waitUntilReady(`http://127.0.0.1:${ownPort}`, program);
  };
  const launchOne = async (service: string, environment: Record<string, string>): Promise<TestProcess> => {
    if (!ports.has(service)) ports.set(service, service === 'gateway' || service === 'all-in-one' ? port : await freePort());
    const own = service === 'all-in-one' ? { ...(options.platform === undefined ? { TRUNKLINE_SANDBOX: 'true' } : {}), ...natsVariables(passwords) } : natsLogin(service, passwords);
    const program = startProcess(main(serviceOf(service)), { ...shared, PORT: String(ports.get(service)), ...own, ...environment });
    processes.set(service, program);
    return program;
  };
  const close = async () => {
    const codes = await Promise.all([...processes.values()].map((program) => program.kill('SIGTERM')));
    // What the services wrote, for whoever looks into a failure.
    const log = process.env.TRUNKLINE_TEST_LOG;
    if (log !== undefined) await appendFile(log, [...processes.values()].map((program) => program.output()).join(''));
    await nats.stop();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
    if (codes.some((code) => code !== 0 && code !== null)) throw new Error(`A service did not stop cleanly: ${[...processes].map(([name], index) => `${name}=${codes[index]}`).join(' ')}`);
  };
  try {
    if (options.separate === true) await Promise.all([...(options.platform === undefined ? ['sandbox'] : []), ...serviceNames.flatMap((name) => replicasOf(name, options.replicas?.[name]))].map((name) => startOne(name)));
    else await startOne('all-in-one');
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }

  const stack: Stack = {
    url,
    sandboxUrl,
    adminKey,
    database: options.databaseUrl === undefined ? database : { query: queryDatabase(options.databaseUrl) },
    nats,
    processes,
    operations: new Map([...processes.keys()].filter((name) => name !== 'sandbox').map((name) => [name, `http://127.0.0.1:${ports.get(name)}`])),
    secrets: { adminKey, clientSecret, masterKey, sessionSecret, ...Object.fromEntries(serviceNames.map((name) => [`nats password of ${name}`, passwords[name]])) },
    kill: async (service, signal = 'SIGKILL') => void (await processes.get(service)?.kill(signal)),
    start: startOne,
    call: async <Body>(method: string, path: string, { key, body, headers }: { key?: string; body?: unknown; headers?: Record<string, string> } = {}) => {
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: 'manual',
        headers: { ...(key === undefined ? {} : { 'x-api-key': key }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Body };
    },
    control: async (method, path, body) => {
      const response = await fetch(`${sandboxUrl}/_control${path}`, {
        method,
        headers: { 'x-sandbox-control': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`The sandbox refused ${method} ${path}: ${response.status} ${text}`);
      return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    },
    close,
  };
  await setUpOauthApps(stack, clientSecret);
  return stack;
}

const prefixOf = (service: string) => service.toUpperCase().replaceAll('-', '_');
const natsVariables = (passwords: Record<ServiceName, string>) =>
  Object.fromEntries(serviceNames.flatMap((name) => [[`${prefixOf(name)}_NATS_USER`, name], [`${prefixOf(name)}_NATS_PASSWORD`, passwords[name]]]));
const natsLogin = (process: string, passwords: Record<ServiceName, string>): Record<string, string> => {
  const service = serviceOf(process);
  return service in passwords ? { NATS_USER: service, NATS_PASSWORD: passwords[service as ServiceName] } : {};
};
/** `token-refresher.2` is a replica of `token-refresher`. */
const serviceOf = (process: string): string => process.split('.')[0]!;
const replicasOf = (service: ServiceName, count = 1): string[] => Array.from({ length: count }, (_, index) => (index === 0 ? service : `${service}.${index + 1}`));

export const platforms = new WeakMap<Stack, string>();

async function setUpOauthApps(stack: Stack, clientSecret: string): Promise<void> {
  const platform = await stack.call<{ id: string }>('POST', '/api/v1/platforms', { key: stack.adminKey, body: { name: 'Test' } });
  if (platform.status !== 201) throw new Error(`No platform: ${JSON.stringify(platform.body)}`);
  platforms.set(stack, platform.body.id);
  for (const connector of ['sandbox_crm', 'sandbox_graphql']) {
    const body = { platformId: platform.body.id, connector, clientId: 'trunkline-sandbox', clientSecret };
    // The very first writes after six services have started at once can take longer than a caller waits: asked again, as the answer says.
    await waitFor(async () => {
      const app = await stack.call('POST', '/api/v1/oauth-apps', { key: stack.adminKey, body });
      if (app.status !== 201) throw new Error(`No OAuth app: ${JSON.stringify(app.body)}`);
      return true;
    }, { what: `the OAuth app of ${connector}`, timeoutMs: 30_000, intervalMs: 500 });
  }
}

export interface Tenant {
  readonly projectId: string;
  readonly userId: string;
  readonly key: string;
}

const allScopes = ['connections:read', 'connections:write', 'syncs:run', 'flows:read', 'flows:write', 'tokens:resolve'];

/** A project of its own with one user and a key that may do everything in it. */
export async function createTenant(stack: Stack, returnUrls: string[] = []): Promise<Tenant> {
  const platformId = platforms.get(stack);
  const post = async (path: string, body: unknown) => {
    const answer = await stack.call<{ id: string; key: string }>('POST', path, { key: stack.adminKey, body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const project = await post('/api/v1/projects', { platformId, displayName: 'Project', returnUrls });
  const user = await post('/api/v1/users', { platformId, email: `${randomBytes(6).toString('hex')}@example.com`, firstName: 'Ada', lastName: 'Byron' });
  const key = await post('/api/v1/api-keys', { projectId: project.id, userId: user.id, displayName: 'Key', scopes: allScopes });
  return { projectId: project.id, userId: user.id, key: key.key };
}
