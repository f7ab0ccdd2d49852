import {
  authorizationAbandoned, authorizations, connections, credentials, oauthApps, newId, Secret, type DataOf, type Principal, type ReplyOf, type RequestOf,
} from '@trunkline/contracts';
import { AppError, type RunningService } from '@trunkline/service';
import { answerRpc, connectTestClient, createTestDatabase, startTestNats, startTestService, waitFor } from '@trunkline/testing';
import { oauthBroker } from '../src/index.js';
import { clientId, clientSecret, startScriptedProvider } from './scripted-provider.js';

export const publicUrl = 'https://connect.example.com';
export const masterKey = Buffer.alloc(32, 7).toString('base64');
export const operator: Principal = { kind: 'operator', id: 'operator', platformId: null, projectId: null, userId: null, scopes: ['admin'] };

type Put = RequestOf<typeof credentials.put>;
type Activate = RequestOf<typeof connections.activate>;
type Complete = RequestOf<typeof authorizations.complete>;

/** The real broker on a real database, nats-server and provider socket; keeper and registry are answered by small responders. */
export async function startBroker(variables: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const nats = await startTestNats();
  const provider = await startScriptedProvider();
  const environment = {
    TRUNKLINE_MASTER_KEY: masterKey,
    TRUNKLINE_SANDBOX_URL: provider.url,
    TRUNKLINE_EGRESS_ALLOW: provider.authority,
    TRUNKLINE_PUBLIC_URL: `${publicUrl}/`,
    ...variables,
  };
  const startOne = (): Promise<RunningService> => startTestService(oauthBroker, { databaseUrl: database.url, natsUrl: nats.url, environment });
  const service = await startOne();
  const client = await connectTestClient(nats.url, 'gateway');

  const puts: Put[] = [];
  let refusePut: AppError | null = null;
  const put = await answerRpc(nats.url, credentials.put, (request): ReplyOf<typeof credentials.put> => {
    puts.push(request);
    if (refusePut !== null) throw refusePut;
    return { credentialVersion: 1, account: { id: 'acct_1', name: 'Acme Inc' }, expiresAt: null };
  });
  const activations: Activate[] = [];
  let refuseActivation: AppError | null = null;
  const activate = await answerRpc(nats.url, connections.activate, (request): ReplyOf<typeof connections.activate> => {
    activations.push(request);
    if (refuseActivation !== null) throw refuseActivation;
    const now = new Date().toISOString();
    return {
      id: request.connectionId, externalId: 'x', platformId: 'plat_1', projectId: 'proj_1', ownerId: null, connector: 'sandbox_crm',
      authMethod: 'OAUTH2', displayName: 'x', status: 'active', statusReason: null, account: request.account, inputs: {}, connectedAt: now, created: now, updated: now,
    };
  });
  const abandoned: DataOf<typeof authorizationAbandoned>[] = [];
  client.nats.subscribe(authorizationAbandoned.subject, { callback: (_, message) => void abandoned.push(message.json()) });
  await client.nats.flush();

  const call = client.rpc.call.bind(client.rpc);
  return {
    database, nats, provider, client, call, startOne, puts, activations, abandoned,
    refusePutWith: (error: AppError | null) => void (refusePut = error),
    refuseActivationWith: (error: AppError | null) => void (refuseActivation = error),
    putApp: (over: Partial<RequestOf<typeof oauthApps.put>['oauthApp']> = {}) =>
      call(oauthApps.put, {
        principal: operator,
        oauthApp: { platformId: 'plat_1', connector: 'sandbox_crm', clientId, clientSecret: new Secret(clientSecret), ...over },
      }),
    /** A person starts a walk in a browser of their own. */
    start: async (over: Partial<RequestOf<typeof authorizations.start>> = {}) => {
      const connectionId = newId('connection');
      const cookie = `cookie-of-${connectionId}`;
      const started = await call(authorizations.start, {
        principal: { kind: 'api_key', id: 'key_1', platformId: 'plat_1', projectId: 'proj_1', userId: null, scopes: ['connections:write'] },
        connectionId, platformId: 'plat_1', projectId: 'proj_1', ownerId: null, connector: 'sandbox_crm', inputs: {}, callback: 'connectors',
        returnUrl: 'https://app.example.com/done', browserBinding: new Secret(cookie), ...over,
      });
      return { ...started, connectionId, cookie, url: new URL(started.authorizationUrl) };
    },
    /** What the gateway passes on when the provider sends the browser back. */
    complete: (walk: { cookie: string }, query: Record<string, string>, over: Partial<Complete> = {}) =>
      call(authorizations.complete, { callback: 'connectors', connector: 'sandbox_crm', query, browserBinding: new Secret(walk.cookie), ...over }),
    waitAbandoned: (connectionId: string) =>
      waitFor(() => abandoned.find((fact) => fact.connectionId === connectionId), { what: `the walk of ${connectionId} to be abandoned` }),
    stop: async () => {
      await client.close();
      await put.stop();
      await activate.stop();
      await service.close();
      await provider.close();
      await nats.stop();
      await database.drop();
    },
  };
}
export type Broker = Awaited<ReturnType<typeof startBroker>>;

/** Code of the {@link AppError} a promise is rejected with. */
export const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'no error';
};
