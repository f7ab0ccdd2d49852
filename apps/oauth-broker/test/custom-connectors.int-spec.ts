import { connectorDefined, connectorDefinitions, oauthApps, Secret, type ConnectorFolder, type Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { answerRpc } from '@trunkline/testing';
import { codeOf, publicUrl, startBroker, type Broker } from './harness.js';
import { clientId, clientSecret } from './scripted-provider.js';

const mine = 'crm_aaaaaaaa';
const theirs = 'crm_bbbbbbbb';
const owners = { [mine]: { platformId: 'plat_1', projectId: 'proj_1' }, [theirs]: { platformId: 'plat_2', projectId: 'proj_2' } };
let broker: Broker;
let registry: { stop(): Promise<void> };
let tokenPath = '/oauth/token';
let version = 1;
const projectAdmin: Principal = { kind: 'api_key', id: 'key_1', reach: 'project', platformId: 'plat_1', projectId: 'proj_1', userId: null, scopes: ['admin'] };

const folder = (): ConnectorFolder =>
  ({
    connector: {
      id: 'crm', name: 'CRM of their own', category: 'custom', inputs: [{ name: 'base_url', title: 'Base URL', pattern: '^https?://[a-z0-9.:]+$' }],
      base_url: '{{inputs.base_url}}', allowed_origins: ['{{inputs.base_url}}'],
      auth: {
        OAUTH2: {
          authorize_url: '{{inputs.base_url}}/oauth/auth', token_url: `{{inputs.base_url}}${tokenPath}`, pkce: 'required', client_authentication: 'client_secret_basic',
          headers: { Authorization: 'Bearer {{credential.access_token}}' },
        },
      },
      verification: { request: { path: '/me' } }, rate_limit: { posture: 'x' }, latency: 'x',
    },
    streams: {},
  }) as ConnectorFolder;

beforeAll(async () => {
  broker = await startBroker();
  const { url } = broker.nats;
  registry = await answerRpc(url, connectorDefinitions.reveal, ({ id }) => {
    const owner = owners[id as keyof typeof owners];
    if (owner === undefined) throw AppError.notFound('connector', id);
    return { id, name: 'crm', ...owner, version, folder: folder() };
  });
});
afterAll(async () => {
  await registry?.stop();
  await broker?.stop();
});

const putApp = (principal: Principal, connector: string, projectId?: string) =>
  broker.call(oauthApps.put, { principal, oauthApp: { platformId: principal.platformId ?? undefined, projectId, connector, clientId, clientSecret: new Secret(clientSecret) } } as never);
const inputs = () => ({ base_url: broker.provider.url });

it('is walked to its own callback with its tenant\'s app', async () => {
  expect(await codeOf(broker.start({ connector: mine, inputs: inputs() }))).toBe('OAUTH_APP_MISSING');
  await putApp(projectAdmin, mine, 'proj_1');
  const walk = await broker.start({ connector: mine, inputs: inputs() });
  expect(walk.url.searchParams.get('redirect_uri')).toBe(`${publicUrl}/api/connectors/${mine}/callback`);
  expect(await broker.complete(walk, broker.provider.consent(walk.authorizationUrl), { connector: mine })).toMatchObject({ connectionId: walk.connectionId, connector: mine });
  expect(broker.puts.at(-1)).toMatchObject({ connector: mine, inputs: inputs(), credential: { type: 'OAUTH2' } });
});

it('of another tenant is not there, whatever it is called', async () => {
  expect(await codeOf(broker.start({ connector: theirs, inputs: inputs() }))).toBe('INVALID_APP_CONNECTION');
  expect(await codeOf(putApp(projectAdmin, theirs, 'proj_1'))).toBe('ENTITY_NOT_FOUND');
  expect(await codeOf(broker.start({ connector: 'crm', inputs: inputs() }))).toBe('INVALID_APP_CONNECTION');
  const walk = await broker.start({ connector: mine, inputs: inputs() });
  expect(await codeOf(broker.complete(walk, broker.provider.consent(walk.authorizationUrl), { connector: theirs }))).toBe('AUTHORIZATION_STATE_INVALID');
});

it('of a project takes no app of those above, who cannot say where its secret goes', async () => {
  const platformAdmin: Principal = { ...projectAdmin, reach: 'platform', projectId: null };
  expect(await codeOf(putApp(platformAdmin, mine))).toBe('ENTITY_NOT_FOUND');
});

it('that leads elsewhere meanwhile ends the walks that were begun', async () => {
  const walk = await broker.start({ connector: mine, inputs: inputs() });
  const query = broker.provider.consent(walk.authorizationUrl);
  [tokenPath, version] = ['/elsewhere/token', 2];
  const calls = broker.provider.tokenCalls.length;
  await broker.tell(connectorDefined, { connector: mine, ...owners[mine], version, deleted: false });
  await broker.client.nats.flush();
  expect(await codeOf(broker.complete(walk, query, { connector: mine }))).toBe('AUTHORIZATION_STATE_INVALID');
  expect([broker.provider.tokenCalls.length, broker.provider.strayPaths.filter((path) => path.includes('elsewhere'))]).toEqual([calls, []]);
});
