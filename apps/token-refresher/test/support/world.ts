import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { auditRecorded, connectionCalled, credentials, newId, oauthApps, Secret, type DataOf, type EventContract, type Principal, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Publisher } from '@trunkline/messaging';
import type { RunningService } from '@trunkline/service';
import { AppError } from '@trunkline/service';
import { answerRpc, connectTestClient, createTestDatabase, startProcess, startTestNats, startTestService, waitFor, type TestClient, type TestDatabase, type TestProcess } from '@trunkline/testing';
import { tokenRefresher } from '../../src/index.js';
import { canary, oauthApp, ScriptedProvider, type Hold } from './scripted-provider.js';

export interface ToldEvent {
  readonly subject: string;
  readonly data: Record<string, unknown>;
}

/** A stored OAuth connection of a test. */
export interface Connected {
  readonly connectionId: string;
  readonly projectId: string | null;
  readonly platformId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface GrantOver {
  readonly expiresInSeconds?: number | null;
  readonly refreshToken?: null;
  /** A further token of the same consent, called `user`. */
  readonly second?: { accessToken: string; refreshToken: string };
  readonly refreshExpiresInSeconds?: number;
}

const oauthAppId = newId('oauthApp');
const masterKey = randomBytes(32).toString('base64');

/** Everything one test file needs: a database, a bus, a provider, and so many token-refreshers. Nothing is shared with other files. */
export class World {
  readonly events: ToldEvent[] = [];
  readonly services: RunningService[] = [];
  readonly projectId = newId('project');
  readonly platformId = newId('platform');
  readonly logFile = join(tmpdir(), `token-refresher-${randomBytes(6).toString('hex')}.log`);
  /** Where tokens wait that the database cannot take. */
  readonly spool = join(tmpdir(), `token-spool-${randomBytes(6).toString('hex')}`);
  readonly #outside: TestProcess[] = [];
  readonly #closers: (() => Promise<unknown>)[] = [];
  appSecret = oauthApp.clientSecret;
  appExists = true;
  reveals = 0;
  #heldReveal: { arrive: () => void; released: Promise<void> } | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly natsUrl: string,
    readonly provider: ScriptedProvider,
    readonly client: TestClient,
    private readonly environment: Record<string, string>,
  ) {}

  static async start(options: { instances?: number; environment?: Record<string, string> } = {}): Promise<World> {
    const database = await createTestDatabase();
    const nats = await startTestNats();
    const provider = await new ScriptedProvider().start();
    const client = await connectTestClient(nats.url);
    const world = new World(database, nats.url, provider, client, options.environment ?? {});
    const app = await answerRpc(nats.url, oauthApps.reveal, () => world.#reveal());
    client.nats.subscribe('evt.>', {
      callback: (error, message) => {
        if (error === null) world.events.push({ subject: message.subject, data: message.json() });
      },
    });
    await client.nats.flush();
    world.#closers.push(() => client.close(), () => app.stop(), () => provider.stop(), () => nats.stop(), () => database.drop(), () => rm(world.logFile, { force: true }), () => rm(world.spool, { recursive: true, force: true }));
    for (let index = 0; index < (options.instances ?? 1); index += 1) await world.addService();
    return world;
  }

  async addService(environment: Record<string, string> = {}, databaseUrl = this.database.url): Promise<RunningService> {
    const service = await startTestService(tokenRefresher, {
      databaseUrl,
      natsUrl: this.natsUrl,
      environment: { ...this.#environment(), ...environment },
    });
    this.services.push(service);
    return service;
  }

  #environment(): Record<string, string> {
    return {
      LOG_LEVEL: 'trace',
      LOG_DESTINATION: this.logFile,
      TRUNKLINE_MASTER_KEY: masterKey,
      TRUNKLINE_SANDBOX_URL: this.provider.url,
      TRUNKLINE_EGRESS_ALLOW: this.provider.authority,
      TRUNKLINE_SPOOL_DIRECTORY: this.spool,
      // Tests that are not about the sweeps must not meet them.
      TRUNKLINE_REFRESH_SWEEP_INTERVAL_MS: '3600000',
      TRUNKLINE_PROBE_INTERVAL_MS: '3600000',
      TRUNKLINE_CREDENTIAL_EXPIRING_INTERVAL_MS: '3600000',
      ...this.environment,
    };
  }

  /** A replica as a process of its own, which can be killed or frozen. @param imports modules it loads before anything else */
  startOutside(environment: Record<string, string> = {}, databaseUrl = this.database.url, imports: readonly string[] = []): TestProcess {
    const preloads = [...imports, new URL('../../../../libs/testing/typescript-loader.mjs', import.meta.url).href];
    const program = startProcess(fileURLToPath(new URL('../../src/main.ts', import.meta.url)), {
      NODE_OPTIONS: ['--conditions=@trunkline/source', ...preloads.map((module) => `--import=${module}`)].join(' '),
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: '0',
      NATS_URL: this.natsUrl,
      DATABASE_URL: databaseUrl,
      ...this.#environment(),
      ...environment,
    });
    this.#outside.push(program);
    return program;
  }

  /** Until somebody answers on the bus. */
  answering = (): Promise<unknown> =>
    waitFor(async () => codeOf(this.resolve({ connectionId: newId('connection') })).then((code) => code === 'ENTITY_NOT_FOUND'), { timeoutMs: 60_000, intervalMs: 100, what: 'a token-refresher to answer' });

  async stop(): Promise<void> {
    await Promise.allSettled([...this.services.map((service) => service.close()), ...this.#outside.map((program) => program.kill('SIGKILL'))]);
    for (const close of this.#closers) await close();
  }

  principal(over: Partial<Principal> = {}): Principal {
    return { kind: 'api_key', id: newId('apiKey'), reach: 'project', platformId: this.platformId, projectId: this.projectId, userId: null, scopes: ['tokens:resolve'], ...over };
  }

  /** Consents at the provider and stores the grant. */
  async connect(over: Partial<RequestOf<typeof credentials.put>> = {}, grant: GrantOver = {}): Promise<Connected> {
    const pair = this.provider.consent();
    const request = this.#putRequest({ credential: this.grant(pair, grant), ...over });
    await this.client.rpc.call(credentials.put, request);
    return { connectionId: request.connectionId, projectId: request.projectId, platformId: request.platformId, ...pair };
  }

  grant(pair: { accessToken: string; refreshToken: string }, over: GrantOver = {}): RequestOf<typeof credentials.put>['credential'] {
    return {
      type: 'OAUTH2',
      accessToken: new Secret(pair.accessToken),
      refreshToken: over.refreshToken === null ? null : new Secret(pair.refreshToken),
      tokenType: 'Bearer',
      expiresInSeconds: over.expiresInSeconds === undefined ? 3_600 : over.expiresInSeconds,
      ageMs: 0,
      scopes: ['crm.read'],
      oauthAppId,
      grantType: 'authorization_code',
      second:
        over.second === undefined
          ? null
          : { name: 'user', accessToken: new Secret(over.second.accessToken), refreshToken: new Secret(over.second.refreshToken), tokenType: 'user', expiresInSeconds: 3_600, scopes: ['search.read'] },
      refreshExpiresInSeconds: over.refreshExpiresInSeconds ?? null,
    };
  }

  put = (request: Partial<RequestOf<typeof credentials.put>> & Pick<RequestOf<typeof credentials.put>, 'credential'>): Promise<ReplyOf<typeof credentials.put>> =>
    this.client.rpc.call(credentials.put, this.#putRequest(request));

  #putRequest(request: Partial<RequestOf<typeof credentials.put>> & Pick<RequestOf<typeof credentials.put>, 'credential'>): RequestOf<typeof credentials.put> {
    const projectId = request.projectId === undefined ? this.projectId : request.projectId;
    return {
      connectionId: newId('connection'),
      platformId: this.platformId,
      projectId,
      projectIds: projectId === null ? [] : [projectId],
      ownerId: null,
      connector: 'sandbox_crm',
      type: request.credential.type,
      inputs: {},
      allowOtherAccount: false,
      ...request,
    };
  }
  resolve = (wanted: Omit<RequestOf<typeof credentials.resolve>, 'principal'>, principal: Principal = this.principal()): Promise<ReplyOf<typeof credentials.resolve>> =>
    this.client.rpc.call(credentials.resolve, { principal, ...wanted });

  refresh = (connectionId: string): Promise<ReplyOf<typeof credentials.refresh>> => this.client.rpc.call(credentials.refresh, { principal: this.principal(), connectionId });

  lease = (connectionId: string, rejectedTokenDigest?: string, projectId = this.projectId): Promise<ReplyOf<typeof credentials.lease>> =>
    this.client.rpc.call(credentials.lease, { connectionId, projectId, rejectedTokenDigest });

  delete = (connectionId: string, projectId: string | null = this.projectId): Promise<ReplyOf<typeof credentials.delete>> =>
    this.client.rpc.call(credentials.delete, { connectionId, platformId: this.platformId, projectId });

  configure = (connectionId: string, version: number, over: Partial<RequestOf<typeof credentials.configure>> = {}): Promise<ReplyOf<typeof credentials.configure>> =>
    this.client.rpc.call(credentials.configure, { connectionId, version, enabled: true, projectIds: [this.projectId], ownerId: null, ...over });

  verify = (connectionId: string): Promise<ReplyOf<typeof credentials.verify>> => this.client.rpc.call(credentials.verify, { connectionId });

  describe = (connectionId: string, over: Partial<Principal> = {}): Promise<ReplyOf<typeof credentials.describe>> =>
    this.client.rpc.call(credentials.describe, { principal: this.principal({ scopes: ['connections:read'], ...over }), connectionId });

  health = (over: Partial<Principal> = {}): Promise<ReplyOf<typeof credentials.refreshHealth>> =>
    this.client.rpc.call(credentials.refreshHealth, { principal: this.principal({ scopes: ['connections:read'], ...over }) });

  /** The stored row. */
  async row(connectionId: string): Promise<Record<string, unknown>> {
    const [row] = await this.database.query('SELECT *, version::int AS version, lease_fence::int AS lease_fence FROM tokens.credential WHERE connection_id = $1', [connectionId]);
    if (row === undefined) throw new Error(`no row for ${connectionId}`);
    return row;
  }

  /** The connections a query sees that runs as requests do, without naming a tenant. */
  async seenBehindWall(platformId: string, projectId: string): Promise<string[]> {
    const client = new Client({ connectionString: this.database.url });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT set_config('trunkline.platform', $1, true), set_config('trunkline.project', $2, true), set_config('role', 'trunkline_tenant', true)`, [platformId, projectId]);
      return (await client.query<{ connection_id: string }>('SELECT connection_id FROM tokens.credential')).rows.map((row) => row.connection_id);
    } finally {
      await client.end();
    }
  }

  /** An event of another service, as its relay would publish it. */
  async tell<Contract extends EventContract>({ subject, producers }: Contract, data: DataOf<Contract>): Promise<void> {
    await new Publisher(this.client.nats).publish({ id: newId('event'), subject, type: subject, source: producers[0]!, time: new Date().toISOString(), data: data as object });
  }

  /** Changes the row, as time or a crash would. */
  async set(connectionId: string, assignments: string): Promise<void> {
    await this.database.query(`UPDATE tokens.credential SET ${assignments} WHERE connection_id = $1`, [connectionId]);
  }

  /** As if the access token's life had passed. */
  expire = (connectionId: string): Promise<void> =>
    this.set(connectionId, `access_expires_at = now() - interval '1 second', refresh_due_at = now() - interval '10 minutes', stored_at = now() - interval '1 hour', last_refreshed_at = NULL`);

  /** As if its time for renewal had come, with life left. */
  makeDue = (connectionId: string, secondsLeft = 300): Promise<void> =>
    this.set(connectionId, `access_expires_at = now() + interval '${secondsLeft} seconds', refresh_due_at = now() - interval '1 second', stored_at = now() - interval '1 hour', last_refreshed_at = NULL`);

  /** As if the pause after a failure were over. */
  passCooldown = (connectionId: string): Promise<void> => this.set(connectionId, 'next_attempt_at = now()');

  /** Events of that name about a connection. */
  told(event: 'stored' | 'refreshed' | 'broken' | 'revoked' | 'expiring', connectionId: string): Record<string, unknown>[] {
    return this.events.filter(({ subject, data }) => subject === `evt.credential.${event}.v1` && data.connectionId === connectionId).map(({ data }) => data);
  }

  /** How calls on behalf of a connection ended, as it was told. */
  calls(connectionId: string): Record<string, unknown>[] {
    return this.events.filter(({ subject, data }) => subject === connectionCalled.subject && data.connectionId === connectionId).map(({ data }) => data);
  }

  /** Entries for the audit log about a connection. */
  audited(action: string, connectionId: string): Record<string, unknown>[] {
    const about = ({ subject, data }: ToldEvent) => subject === auditRecorded.subject && data.action === action && (data.target as { id: string }).id === connectionId;
    return this.events.filter(about).map(({ data }) => data);
  }

  waitForEvent = (event: Parameters<World['told']>[0], connectionId: string): Promise<Record<string, unknown>> =>
    waitFor(() => this.told(event, connectionId)[0], { what: `credential.${event}` });

  /** What was logged so far, and whether it holds anything secret. */
  async logs(): Promise<{ text: string; leaks: string[] }> {
    const text = await readFile(this.logFile, 'utf8').catch(() => '');
    return { text, leaks: text.split('\n').filter((line) => line.includes(canary)) };
  }

  /** The next question for the OAuth app waits until it is released. */
  holdReveal(): Hold {
    let arrive = (): void => undefined;
    let release = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#heldReveal = { arrive, released };
    return { arrived, release };
  }

  async #reveal(): Promise<ReplyOf<typeof oauthApps.reveal>> {
    this.reveals += 1;
    const held = this.#heldReveal;
    this.#heldReveal = undefined;
    held?.arrive();
    await held?.released;
    if (!this.appExists) throw AppError.notFound('oauth_app', oauthAppId);
    return { clientId: oauthApp.clientId, clientSecret: new Secret(this.appSecret), privateKey: null, keyId: null };
  }
}

/** The error's code, or `none`. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
