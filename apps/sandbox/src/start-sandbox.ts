import type { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { default as Provider } from 'oidc-provider';
import { z } from 'zod';
import { ApiKeys } from './access/api-keys.js';
import type { StoredApiKey } from './access/api-keys.js';
import type { FindAccessToken } from './access/authenticate.js';
import { RateLimit } from './access/rate-limit.js';
import { controlRoutes } from './control/control.routes.js';
import { StatsBook } from './control/stats.js';
import { crmRoutes } from './crm/crm.routes.js';
import { RecordStore } from './crm/record-store.js';
import type { StoredChange } from './crm/record-store.js';
import { FaultList } from './faults/fault.js';
import { graphqlRoutes } from './graphql/graphql.routes.js';
import { ApiError, badRequest } from './http/api-error.js';
import { frontDoor } from './http/front-door.js';
import { ArtifactStore } from './oauth/artifact-store.js';
import type { Artifact } from './oauth/artifact-store.js';
import { clientMetadata } from './oauth/client-metadata.js';
import { consentRoutes } from './oauth/consent.routes.js';
import { createProvider } from './oauth/create-provider.js';
import { loadProvider } from './oauth/load-provider.js';
import { serverKeys } from './oauth/server-keys.js';
import type { ServerKeys } from './oauth/server-keys.js';
import type { Account, ClientOptions, ResolvedOptions, SandboxOptions } from './options.js';
import { sandboxOptions } from './options.js';
import { settingsFrom } from './settings.js';
import { DurableMap } from './storage/durable-map.js';

/** A sandbox that answers requests. */
export interface RunningSandbox extends AsyncDisposable {
  /** Its origin: `publicUrl`, or where it listens. OAuth is below `/oauth`, the CRM API below `/crm/v1`, GraphQL at `/graphql`. */
  readonly url: string;
  /** Stops listening, ends open connections and closes the files. */
  close(): Promise<void>;
}

/**
 * Starts the sandbox. Resolves when it answers requests. What goes wrong later, in a request, is told to `onError` (default: standard
 * error) and answered with 500.
 *
 * Throws an Error when an option is wrong (all problems named at once), when `production` is true, when the port is taken, or when a
 * file of `dataDir` is damaged.
 */
export async function startSandbox(options: SandboxOptions = {}, onError: (error: unknown) => void = toStandardError): Promise<RunningSandbox> {
  const resolved = resolve(options);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const url = await open(resolved, onError, closers);
    return { url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

function toStandardError(error: unknown): void {
  process.stderr.write(`sandbox: unexpected error: ${error instanceof Error ? error.stack : String(error)}\n`);
}

function resolve(options: SandboxOptions): ResolvedOptions {
  const result = sandboxOptions.safeParse(options);
  if (!result.success) throw new Error(`The sandbox cannot start with these options:\n${z.prettifyError(result.error)}`);
  if (result.data.production) {
    throw new Error('The sandbox is for development only and does not start in production mode. Leave it out of this deployment.');
  }
  return result.data;
}

async function open(options: ResolvedOptions, report: (error: unknown) => void, closers: (() => Promise<void>)[]): Promise<string> {
  const keep = async <V>(name: string, worth?: (key: string, value: V) => boolean) => {
    const map = await DurableMap.open<V>(options.dataDir === undefined ? undefined : join(options.dataDir, `${name}.jsonl`), { keep: worth });
    closers.push(() => map.close());
    return map;
  };
  const oidc = await loadProvider();
  const keys = await serverKeys(await keep<ServerKeys>('server-keys'));
  const alreadyUsed = (model: string) => new oidc.errors.InvalidGrant(`this ${model} was used before`);
  const artifacts = new ArtifactStore(await keep<Artifact>('oauth', ArtifactStore.keep), { alreadyUsed });
  const apiKeys = new ApiKeys(options.apiKeys, options.accounts, await keep<StoredApiKey>('api-keys'));
  const store = new RecordStore(options, await keep<StoredChange>('records'));
  store.prepare(options.accounts[0] as Account);

  const faults = new FaultList();
  closers.push(() => Promise.resolve(faults.clear())); // once the connections are gone, whoever waits in a fault can stop
  let handler = (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(503, { 'retry-after': '1' }).end();
  const server = createServer((request, response) => handler(request, response));
  await listen(server, options);
  closers.push(() => stop(server));
  const url = options.publicUrl ?? addressOf(server, options.host);

  const settings = settingsFrom(options);
  const stats = new StatsBook();
  const rateLimit = new RateLimit();
  let closing = false;
  // Requests cut off by `close` fail in ways that mean nothing.
  const onError = (error: unknown): void => (closing ? undefined : report(error));

  const provider = createProvider(oidc, {
    issuer: `${url}/oauth`,
    settings,
    accounts: options.accounts,
    clients: options.clients.map(clientMetadata),
    keys,
    artifacts,
  });
  provider.on('grant.success', (ctx) => stats.tokenOutcome(ctx.oidc.params?.grant_type, 'success'));
  provider.on('grant.error', (ctx, error) => stats.tokenOutcome(ctx.oidc.params?.grant_type, error.error));
  provider.on('server_error', (_ctx, error) => onError(error));
  // Koa prints errors itself unless somebody listens; the types of oidc-provider leave this event out.
  (provider as EventEmitter).on('error', onError);

  const app = createApp(onError);
  closers.push(() => app.close());
  const gate = { findAccessToken: accessTokenFinder(provider, artifacts), apiKeys, rateLimit, settings };
  const { accounts, pageSizeMax } = options;
  consentRoutes(app, provider, accounts);
  crmRoutes(app, { gate, store, accounts, pageSizeMax, publicUrl: url });
  graphqlRoutes(app, { gate, store, accounts, pageSizeMax });
  controlRoutes(app, { settings, stats, faults, rateLimit, artifacts, apiKeys, store, accounts, registerClient: clientRegistrar(provider, artifacts, options) });
  await app.ready();

  closers.push(() => Promise.resolve(void (closing = true)));
  handler = frontDoor({ settings, stats, faults, oauth: provider.callback(), app: (request, response) => app.routing(request, response), onError });
  return url;
}

function createApp(onError: (error: unknown) => void): FastifyInstance {
  const app = Fastify({ logger: false });
  app.get('/health', () => ({ status: 'ok' }));
  app.setNotFoundHandler((request, reply) => {
    const message = `There is nothing at ${request.method} ${request.url.split('?')[0]}.`;
    return reply.code(404).send({ error: { code: 'not_found', message } });
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof ApiError) return reply.code(error.status).headers(error.headers).send({ error: { code: error.code, message: error.message } });
    // Fastify's own refusals: a body that is no JSON, too large, of an unknown type.
    if (error.statusCode && error.statusCode < 500) return reply.code(error.statusCode).send({ error: { code: 'invalid_request', message: error.message } });
    onError(error);
    return reply.code(500).send({ error: { code: 'server_error', message: 'The sandbox failed; its error output says why.' } });
  });
  return app;
}

/** Asks the OAuth server about a token, and that its grant still stands: a token saved while its grant was being revoked is dead too. */
function accessTokenFinder(provider: Provider, artifacts: ArtifactStore): FindAccessToken {
  return async (value) => {
    const token = await provider.AccessToken.find(value);
    if (!token || !artifacts.hasGrant(token.grantId)) return null;
    return { account: token.accountId, scopes: token.scopes, credential: `grant:${token.grantId}` };
  };
}

function clientRegistrar(provider: Provider, artifacts: ArtifactStore, options: ResolvedOptions) {
  return async (client: ClientOptions): Promise<void> => {
    if (options.clients.some((fixed) => fixed.clientId === client.clientId)) {
      throw new ApiError(409, 'conflict', `The client ${client.clientId} is set by the options and cannot be replaced.`);
    }
    const metadata = clientMetadata(client);
    try {
      await provider.Client.validate(metadata);
    } catch (cause) {
      throw badRequest((cause as { error_description?: string }).error_description ?? 'The client metadata is not valid.');
    }
    await artifacts.adapter('Client').upsert(client.clientId, metadata);
  };
}

function listen(server: Server, { host, port }: ResolvedOptions): Promise<void> {
  return new Promise((listening, failed) => {
    server.once('error', (cause) => failed(new Error(`The sandbox cannot listen on ${host}:${port}: ${cause.message}`, { cause })));
    server.listen(port, host, listening);
  });
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
}
