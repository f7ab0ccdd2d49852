import {
  apiKeys, authorizations, credentials, flows, newId, platforms, principals, projects, Secret, users,
  type DataOf, type EventContract, type Principal, type ReplyOf, type RequestOf, type Scope,
} from '@trunkline/contracts';
import { Publisher } from '@trunkline/messaging';
import { tenantRole } from '@trunkline/persistence';
import { AppError, type RunningService } from '@trunkline/service';
import {
  answerRpc, connectTestClient, createTestDatabase, startTestNats, startTestService, waitFor, type TestClient, type TestDatabase, type TestNats,
} from '@trunkline/testing';
import { Client } from 'pg';
import { connectorRegistry } from '../src/index.js';

export const adminKey = 'an-admin-key-for-tests-that-is-long-enough';
/** Wraps the data keys that webhooks' secrets are sealed with. */
export const masterKey = Buffer.alloc(32, 7).toString('base64');
export const sandboxUrl = 'http://127.0.0.1:9';
export const returnUrl = 'https://app.example.com/done';

type Put = RequestOf<typeof credentials.put>;
type Configured = RequestOf<typeof credentials.configure>;
type Start = RequestOf<typeof authorizations.start>;

/** The real registry on a real database and a real nats-server; the services it asks are answered by small responders. */
export async function startRegistry(environment: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const nats = await startTestNats();
  const service = await startOne(database, nats, environment);
  const client = await connectTestClient(nats.url, 'gateway');
  const told = listen(client);
  const publisher = new Publisher(client.nats);
  let eventNumber = 0;
  let credentialVersion = 0;

  const call = client.rpc.call.bind(client.rpc);
  const operator = await call(principals.authenticate, { key: new Secret(adminKey) });

  return {
    database,
    nats,
    client,
    call,
    operator,
    told,
    /** Rows of a statement as a request of that tenant would see them. */
    asTenant: async (platformId: string, projectId: string, statement: string): Promise<Record<string, unknown>[]> => {
      const session = new Client({ connectionString: database.url });
      await session.connect();
      try {
        await session.query(`SELECT set_config('trunkline.platform', $1, false), set_config('trunkline.project', $2, false)`, [platformId, projectId]);
        await session.query(`SET ROLE ${tenantRole}`);
        return (await session.query<Record<string, unknown>>(statement)).rows;
      } finally {
        await session.end();
      }
    },
    /** The keeper counts them, whoever brings the credential. */
    nextCredentialVersion: () => (credentialVersion += 1),
    startAnother: () => startOne(database, nats, environment),
    stopService: () => service.close(),
    /** Tells the registry something as another service would. Resolves when the event is stored, not when it is handled. */
    tell: async <Contract extends EventContract>(contract: Contract, data: DataOf<Contract>, id = `evt_test_${(eventNumber += 1)}`) =>
      publisher.publish({ id, subject: contract.subject, type: contract.subject, source: contract.producers[0]!, time: new Date().toISOString(), data: data as object }),
    /** A project with a user and a key; in a platform of its own unless one is given. */
    tenant: async (options: { scopes?: Scope[]; withUser?: boolean; platformId?: string } = {}) => {
      const platform = options.platformId === undefined ? await call(platforms.create, { principal: operator, platform: { name: 'Acme', expiryEmails: false } }) : { id: options.platformId };
      const project = await call(projects.create, { principal: operator, project: { platformId: platform.id, displayName: 'Shop', returnUrls: [returnUrl] } });
      const user = await call(users.create, {
        principal: operator,
        user: { platformId: platform.id, email: `${newId('user')}@example.com`, firstName: 'Ada', lastName: 'L', platformRole: 'MEMBER' },
      });
      const principalWith = async (scopes: Scope[], userId?: string): Promise<Principal> => {
        const { key } = await call(apiKeys.create, { principal: operator, apiKey: { projectId: project.id, userId, displayName: 'test', scopes } });
        return call(principals.authenticate, { key });
      };
      const principal = await principalWith(options.scopes ?? ['connections:read', 'connections:write'], options.withUser === true ? user.id : undefined);
      return { platform, project, user, principal, principalWith };
    },
    /** A key of the whole platform. Naming a project, it works in that one. */
    platformPrincipal: async (platformId: string, scopes: Scope[] = ['admin'], projectId?: string): Promise<Principal> => {
      const { key } = await call(apiKeys.create, { principal: operator, apiKey: { platformId, displayName: 'test', scopes } });
      return call(principals.authenticate, { key, ...(projectId === undefined ? {} : { projectId }) });
    },
    stop: async () => {
      await client.close();
      await service.close();
      await nats.stop();
      await database.drop();
    },
  };
}
export type Registry = Awaited<ReturnType<typeof startRegistry>>;

const startOne = (database: TestDatabase, nats: TestNats, environment: Record<string, string>): Promise<RunningService> =>
  startTestService(connectorRegistry, {
    databaseUrl: database.url,
    natsUrl: nats.url,
    environment: { TRUNKLINE_ADMIN_KEY: adminKey, TRUNKLINE_MASTER_KEY: masterKey, TRUNKLINE_SANDBOX_URL: sandboxUrl, ...environment },
  });

/** Every event the registry tells, as a listener on the bus sees it. */
function listen(client: TestClient) {
  const heard: { subject: string; data: Record<string, unknown> }[] = [];
  client.nats.subscribe('evt.connection.>', {
    callback: (error, message) => {
      if (error === null) heard.push({ subject: message.subject, data: message.json() });
    },
  });
  const of = (contract: EventContract, connectionId: string) =>
    heard.filter(({ subject, data }) => subject === contract.subject && data.connectionId === connectionId).map(({ data }) => data);
  return {
    of,
    wait: (contract: EventContract, connectionId: string) => waitFor(() => of(contract, connectionId)[0], { what: `${contract.subject} of ${connectionId}` }),
  };
}

/** token-refresher's part: a key that reads "refused" is refused; what was asked is kept for the test to look at. */
export async function answerCredentials(registry: Registry) {
  const puts: Put[] = [];
  const deleted: string[] = [];
  const configured: Configured[] = [];
  let onPut: (request: Put) => Promise<void> = async () => undefined;
  let onDelete: (connectionId: string) => Promise<void> = async () => undefined;
  const put = await answerRpc(registry.nats.url, credentials.put, async (request): Promise<ReplyOf<typeof credentials.put>> => {
    puts.push(request);
    await onPut(request);
    const { credential } = request;
    const refused = credential.type === 'SECRET_TEXT' && credential.secretText.reveal() === 'refused';
    if (refused) throw new AppError('INVALID_APP_CONNECTION', 'The provider refused this key.');
    return { credentialVersion: registry.nextCredentialVersion(), account: { id: 'acct_1', name: 'Acme Inc' }, expiresAt: null, scopes: [] };
  });
  const answerConfigure = () =>
    answerRpc(registry.nats.url, credentials.configure, (request) => {
      configured.push(request);
      return { configured: true };
    });
  let configuration = await answerConfigure();
  let deletion = await answerDelete();
  function answerDelete() {
    return answerRpc(registry.nats.url, credentials.delete, async ({ connectionId }) => {
      deleted.push(connectionId);
      await onDelete(connectionId);
      return { deleted: true };
    });
  }
  return {
    puts,
    deleted,
    configured,
    beforePut: (hook: typeof onPut) => void (onPut = hook),
    /** Runs between the destruction and the answer. */
    afterDelete: (hook: typeof onDelete) => void (onDelete = hook),
    deletionAway: () => deletion.stop(),
    deletionBack: async () => void (deletion = await answerDelete()),
    configurationAway: () => configuration.stop(),
    configurationBack: async () => void (configuration = await answerConfigure()),
    stop: async () => {
      await put.stop();
      await configuration.stop();
      await deletion.stop();
    },
  };
}

/** oauth-broker's part. A code that reads "refused" is refused; `realmId` is what the provider tells on the way. */
export async function answerAuthorizations(registry: Registry) {
  const starts: Start[] = [];
  const accepts: RequestOf<typeof authorizations.accept>[] = [];
  let refuse: AppError | null = null;
  const start = await answerRpc(registry.nats.url, authorizations.start, (request): ReplyOf<typeof authorizations.start> => {
    starts.push(request);
    if (refuse !== null) throw refuse;
    return { authorizationUrl: `https://provider.example.com/authorize?n=${starts.length}`, expiresAt: new Date(Date.now() + 600_000).toISOString() };
  });
  const accept = await answerRpc(registry.nats.url, authorizations.accept, (request): ReplyOf<typeof authorizations.accept> => {
    accepts.push(request);
    if (request.credential.code?.reveal() === 'refused') throw new AppError('AUTHORIZATION_FAILED', 'The provider refused the code.');
    const { inputs, credential: { type, scopes = [] } } = request;
    return { credentialVersion: registry.nextCredentialVersion(), account: { id: 'acct_2', name: 'Acme OAuth' }, scopes, inputs: { ...inputs, realm_id: '4620' }, type };
  });
  return {
    starts,
    accepts,
    refuseWith: (error: AppError | null) => void (refuse = error),
    stop: async () => {
      await start.stop();
      await accept.stop();
    },
  };
}

/** sync-orchestrator's part: flows as the test says they are, by connection and project. */
export async function answerFlows(registry: Registry) {
  const flowsOf = new Map<string, { id: string; projectId: string | null; enabled: boolean }[]>();
  const replaced: RequestOf<typeof flows.replaceConnection>[] = [];
  let onReplace: () => Promise<void> = async () => undefined;
  let away = false;
  const within = (connectionId: string, { projectId }: Principal) => (flowsOf.get(connectionId) ?? []).filter((flow) => projectId === null || flow.projectId === projectId);
  const answerUsage = () =>
    answerRpc(registry.nats.url, flows.usage, ({ principal, connectionIds }) => ({
      flowIds: Object.fromEntries(connectionIds.map((id) => [id, within(id, principal).map((flow) => flow.id)])),
      enabled: Object.fromEntries(connectionIds.map((id) => [id, within(id, principal).filter((flow) => flow.enabled).length])),
    }));
  const answerReplace = () =>
    answerRpc(registry.nats.url, flows.replaceConnection, async (request) => {
      await onReplace();
      replaced.push(request);
      const { sourceId, targetId, principal } = request;
      const moved = within(sourceId, principal);
      flowsOf.set(sourceId, (flowsOf.get(sourceId) ?? []).filter((flow) => !moved.includes(flow)));
      flowsOf.set(targetId, [...(flowsOf.get(targetId) ?? []), ...moved]);
      return { flowIds: moved.map(({ id }) => id) };
    });
  let [usage, replace] = [await answerUsage(), await answerReplace()];
  return {
    flowsOf,
    replaced,
    beforeReplace: (hook: typeof onReplace) => void (onReplace = hook),
    goAway: async () => {
      away = true;
      await Promise.all([usage.stop(), replace.stop()]);
    },
    comeBack: async () => {
      away = false;
      [usage, replace] = [await answerUsage(), await answerReplace()];
    },
    stop: async () => {
      if (!away) await Promise.all([usage.stop(), replace.stop()]);
    },
  };
}

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
