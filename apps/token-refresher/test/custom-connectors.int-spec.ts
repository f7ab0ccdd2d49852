import { connectorDefined, connectorDefinitions, newId, Secret, type ConnectorFolder } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { answerRpc } from '@trunkline/testing';
import { goodKey } from './support/scripted-provider.js';
import { codeOf, World } from './support/world.js';

const mine = 'crm_aaaaaaaa';
const theirs = 'crm_bbbbbbbb';
let world: World;
let registry: { stop(): Promise<void> };
let origins: string[] = [];
let version = 1;

const folder = (): ConnectorFolder =>
  ({
    connector: {
      id: 'crm', name: 'CRM of their own', category: 'custom', inputs: [{ name: 'base_url', title: 'Base URL', pattern: '^https?://[a-z0-9.:]+$' }],
      base_url: '{{inputs.base_url}}', allowed_origins: ['{{inputs.base_url}}', ...origins],
      auth: {
        SECRET_TEXT: { headers: { 'X-Api-Key': '{{credential.secret_text}}' } },
        OAUTH2: {
          authorize_url: '{{inputs.base_url}}/oauth/auth', token_url: '{{inputs.base_url}}/oauth/token', pkce: 'required', client_authentication: 'client_secret_basic', refresh: { supported: true, rotates: true },
          headers: { Authorization: 'Bearer {{credential.access_token}}' },
        },
      },
      verification: { request: { path: '/crm/v1/account' }, account: { id: 'id', name: 'name' } }, rate_limit: { posture: 'x' }, latency: 'x',
    },
    streams: {},
  }) as ConnectorFolder;

beforeAll(async () => {
  world = await World.start({ instances: 2 });
  registry = await answerRpc(world.natsUrl, connectorDefinitions.reveal, ({ id }) => {
    if (id !== mine && id !== theirs) throw AppError.notFound('connector', id);
    const owner = id === mine ? { platformId: world.platformId, projectId: world.projectId } : { platformId: newId('platform'), projectId: newId('project') };
    return { id, name: 'crm', ...owner, version, folder: folder() };
  });
});
afterAll(async () => {
  await registry?.stop();
  await world?.stop();
});

const key = { type: 'SECRET_TEXT' as const, secretText: new Secret(goodKey) };
const put = (connectionId: string, connector = mine) => world.put({ connectionId, connector, inputs: { base_url: world.provider.url }, credential: key });

it('keeps a key and a grant of a tenant\'s connector, and renews the grant', async () => {
  const connectionId = newId('connection');
  expect(await put(connectionId)).toMatchObject({ account: { id: 'acct_1' } });
  expect(await world.verify(connectionId)).toMatchObject({ outcome: 'verified' });
  expect(await world.lease(connectionId)).toMatchObject({ connector: mine, allowedOrigins: [world.provider.url] });
  const granted = await world.connect({ connector: mine, inputs: { base_url: world.provider.url } });
  expect(await world.refresh(granted.connectionId)).toMatchObject({ refreshed: true, connector: mine });
});

it('takes nothing for another tenant\'s', async () => {
  expect(await codeOf(put(newId('connection'), theirs))).toBe('INVALID_APP_CONNECTION');
  expect(await codeOf(put(newId('connection'), 'crm_cccccccc'))).toBe('INVALID_APP_CONNECTION');
});

it('sends a secret nowhere but to where it was bound, until it is connected again', async () => {
  const connectionId = newId('connection');
  await put(connectionId);
  [origins, version] = [['https://elsewhere.example'], 2];
  await world.tell(connectorDefined, { connector: mine, platformId: world.platformId, projectId: world.projectId, version, deleted: false });
  const before = world.provider.verifications;
  expect(await world.verify(connectionId)).toMatchObject({ outcome: 'rejected', message: expect.stringContaining('reconnect') as string });
  expect(world.provider.verifications).toBe(before);
  await put(connectionId);
  expect(await world.verify(connectionId)).toMatchObject({ outcome: 'verified' });
});
