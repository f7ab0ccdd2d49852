import {
  auditRecorded, authorizationAbandoned, authorizations, connections, credentials, oauthApps, newId, Secret, type DataOf, type EventContract, type Principal, type ReplyOf, type RequestOf,
} from '@trunkline/contracts';
import { Publisher } from '@trunkline/messaging';
import { AppError, type RunningService } from '@trunkline/service';
import { answerRpc, connectTestClient, createTestDatabase, startTestNats, startTestService, waitFor } from '@trunkline/testing';
import { oauthBroker } from '../src/index.js';
import { clientId, clientSecret, startScriptedProvider } from './scripted-provider.js';

export const publicUrl = 'https://connect.example.com';
export const masterKey = Buffer.alloc(32, 7).toString('base64');
export const operator: Principal = { kind: 'operator', id: 'operator', reach: 'installation', platformId: null, projectId: null, userId: null, scopes: ['admin'] };

type Put = RequestOf<typeof credentials.put>;
type Activate = RequestOf<typeof connections.activate>;
type Complete = RequestOf<typeof authorizations.complete>;
type Accept = RequestOf<typeof authorizations.accept>;

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
  let version = 0;
  let refusePut: AppError | null = null;
  const put = await answerRpc(nats.url, credentials.put, (request): ReplyOf<typeof credentials.put> => {
    puts.push(request);
    if (refusePut !== null) throw refusePut;
    const { credential } = request;
    return { credentialVersion: (version += 1), account: { id: 'acct_1', name: 'Acme Inc' }, expiresAt: null, scopes: credential.type === 'OAUTH2' ? credential.scopes : [] };
  });
  const activations: Activate[] = [];
  let refuseActivation: AppError | null = null;
  const activate = await answerRpc(nats.url, connections.activate, (request): ReplyOf<typeof connections.activate> => {
    activations.push(request);
    if (refuseActivation !== null) throw refuseActivation;
    const now = new Date().toISOString();
    return {
      id: request.connectionId, externalId: 'x', platformId: 'plat_1', projectId: 'proj_1', projectIds: ['proj_1'], scope: 'PROJECT', preSelectForNewProjects: false,
      ownerId: null, owner: null, connector: 'sandbox_crm', pieceName: 'sandbox_crm', pieceVersion: null, type: request.type, displayName: 'x', status: 'active',
      statusReason: null, account: request.account, inputs: request.inputs, metadata: null, scopes: request.scopes, connectedAt: now, expires: null, created: now,
      updated: now, version: 1,
    };
  });
  const abandoned: DataOf<typeof authorizationAbandoned>[] = [];
  client.nats.subscribe(authorizationAbandoned.subject, { callback: (_, message) => void abandoned.push(message.json()) });
  const audits: DataOf<typeof auditRecorded>[] = [];
  client.nats.subscribe(auditRecorded.subject, { callback: (_, message) => void audits.push(message.json()) });
  await client.nats.flush();

  const call = client.rpc.call.bind(client.rpc);
  return {
    database, nats, provider, client, call, startOne, puts, activations, abandoned,
    /** Ends the first replica before the others. */
    closeFirst: () => service.close(),
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
        principal: { kind: 'api_key', id: 'key_1', reach: over.projectId === null ? 'platform' : 'project', platformId: 'plat_1', projectId: over.projectId === undefined ? 'proj_1' : over.projectId, userId: null, scopes: ['connections:write'] },
        connectionId, platformId: 'plat_1', projectId: 'proj_1', projectIds: ['proj_1'], ownerId: null, connector: 'sandbox_crm',
        inputs: {}, reconnect: false, allowOtherAccount: false, scopes: [], grantedScopes: [], callback: 'connectors',
        returnUrl: 'https://app.example.com/done', browserBinding: new Secret(cookie), ...over,
      });
      return { ...started, connectionId, cookie, url: new URL(started.authorizationUrl) };
    },
    /** A client brings what it obtained by itself. */
    accept: (credential: Accept['credential'], over: Partial<Accept> = {}) =>
      call(authorizations.accept, {
        connectionId: newId('connection'), platformId: 'plat_1', projectId: 'proj_1', projectIds: ['proj_1'], ownerId: null, connector: 'sandbox_crm', inputs: {},
        reconnect: false, allowOtherAccount: true, ...over, credential,
      }),
    reveal: (oauthAppId: string) => call(oauthApps.reveal, { oauthAppId }),
    /** Tells the broker something as another service would. */
    tell: <Contract extends EventContract>({ subject, producers }: Contract, data: DataOf<Contract>) =>
      new Publisher(client.nats).publish({ id: newId('event'), subject, type: subject, source: producers[0]!, time: new Date().toISOString(), data: data as object }),
    /** Entries for the audit log about something. */
    audited: (id: string) => audits.filter(({ target }) => target.id === id).map(({ action }) => action),
    audits,
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
