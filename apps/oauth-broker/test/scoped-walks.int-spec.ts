import { authorizations, oauthApps, Secret } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { codeOf, operator, startBroker, type Broker } from './harness.js';
import { clientId } from './scripted-provider.js';

let broker: Broker;
beforeAll(async () => {
  broker = await startBroker();
  await broker.putApp();
});
afterAll(() => broker.stop());
afterEach(() => broker.refusePutWith(null));

type Start = NonNullable<Parameters<Broker['start']>[0]>;
const walk = async (over: Start = {}) => {
  const started = await broker.start(over);
  await broker.complete(started, broker.provider.consent(started.authorizationUrl));
  return { started, put: broker.puts.at(-1)!, activation: broker.activations.at(-1)! };
};

describe('whose app', () => {
  it('the type says, and it is told with the grant; without one it is the nearest', async () => {
    await broker.call(oauthApps.put, { principal: operator, oauthApp: { builtIn: true, connector: 'sandbox_crm', clientId, clientSecret: new Secret('client:secret with %') } });
    for (const type of ['PLATFORM_OAUTH2', 'CLOUD_OAUTH2'] as const) {
      const { put, activation } = await walk({ type });
      expect(put.type).toBe(type);
      expect(activation).toMatchObject({ type, scopes: expect.arrayContaining(['crm.read']) as string[] });
    }
    expect((await walk()).put.type).toBe('PLATFORM_OAUTH2');
    expect((await walk({ platformId: 'plat_1', projectId: null, projectIds: ['proj_1', 'proj_2'] })).put).toMatchObject({ projectId: null, projectIds: ['proj_1', 'proj_2'], type: 'PLATFORM_OAUTH2' });
    await expect(broker.start({ type: 'OAUTH2' })).rejects.toMatchObject({ code: 'OAUTH_APP_MISSING', message: expect.stringContaining('Neither the project nor the connection') as string });
    await broker.putApp({ projectId: 'proj_1' });
    expect((await walk()).put.type).toBe('OAUTH2');
    // Named outright it is taken, though the project has one of its own.
    expect((await walk({ type: 'CLOUD_OAUTH2' })).put.type).toBe('CLOUD_OAUTH2');
  });
});

describe('more scopes', () => {
  it('are asked for besides the minimum, each once', async () => {
    const { url } = await broker.start({ scopes: ['crm.write', 'crm.read'] });
    expect(url.searchParams.get('scope')!.split(' ').sort()).toEqual(['crm.read', 'crm.write']);
  });

  it.each(['two scopes', 'a"b', 'a,b', 'a\\b', 'é'])('are refused when they are none: %j', async (scope) => {
    expect(await codeOf(broker.start({ scopes: [scope] }))).toBe('INVALID_APP_CONNECTION');
  });
});

describe('connecting again', () => {
  it('passes on whether another account is accepted', async () => {
    expect((await walk({ reconnect: true, allowOtherAccount: true })).put.allowOtherAccount).toBe(true);
    expect((await walk({ reconnect: true })).put.allowOtherAccount).toBe(false);
  });

  it.each([
    [true, 0],
    [false, 1],
  ])('(reconnect: %s) a grant the keeper does not take is revoked %i times: the working one may hang on it', async (reconnect, times) => {
    broker.refusePutWith(new AppError('CONFLICT', 'This is the account "B". Sign in with the account "A", or allow another one.', { params: { expectedAccount: { id: 'a', name: 'A' } } }));
    const before = broker.provider.revoked.length;
    const started = await broker.start({ reconnect });
    // The words of the keeper reach whoever shows them to the person.
    await expect(broker.complete(started, broker.provider.consent(started.authorizationUrl))).rejects.toMatchObject({
      code: 'CONFLICT', message: expect.stringContaining('Sign in with the account "A"') as string, params: { expectedAccount: { id: 'a' } },
    });
    expect(broker.provider.revoked.length - before).toBe(times);
    expect(await broker.waitAbandoned(started.connectionId)).toMatchObject({ platformId: 'plat_1', outcome: 'failed', authorizationId: expect.stringMatching(/^auth_/) as string });
  });
});

describe('the audit log', () => {
  const toldOf = (connectionId: string, count: number) => waitFor(() => (broker.audited(connectionId).length >= count ? broker.audited(connectionId) : undefined), { what: `${count} entries` });

  it('hears who started a walk and how it ended', async () => {
    const { started } = await walk();
    expect(await toldOf(started.connectionId, 2)).toEqual(['authorization.started', 'authorization.completed']);
    expect(broker.audits.find(({ target }) => target.id === started.connectionId)).toMatchObject({
      platformId: 'plat_1', projectId: 'proj_1', actor: { kind: 'api_key', id: 'key_1', userId: null }, outcome: 'done', details: { connector: 'sandbox_crm' },
    });
    const denied = await broker.start();
    const { state } = broker.provider.consent(denied.authorizationUrl);
    await codeOf(broker.complete(denied, { state: state!, error: 'access_denied', error_description: 'in words of their own' }));
    expect(await toldOf(denied.connectionId, 2)).toEqual(['authorization.started', 'authorization.denied']);
    const forged = await broker.start();
    await codeOf(broker.complete({ cookie: 'of another browser' }, broker.provider.consent(forged.authorizationUrl)));
    expect(await toldOf(forged.connectionId, 2)).toEqual(['authorization.started', 'authorization.failed']);
    expect(JSON.stringify(broker.audits)).not.toMatch(/in words of their own|access-\d|refresh-\d/);
  });
});

describe("the address of a consent page that returns to the client's own redirect URL", () => {
  const url = (over: object = {}, scopes: ('connections:write' | 'connections:read')[] = ['connections:write']) =>
    broker.call(authorizations.url, {
      principal: { kind: 'api_key', id: 'key_1', reach: 'project', platformId: 'plat_1', projectId: 'proj_1', userId: null, scopes },
      connector: 'sandbox-crm', clientId: 'their-client', redirectUrl: 'https://their.example.com/cb', inputs: {}, scopes: [], ...over,
    });

  it('keeps nothing, and hands out what the client must bring back', async () => {
    const before = await broker.database.query('SELECT 1 FROM oauth."authorization"');
    const reply = await url({ connector: 'sandbox_crm', scopes: ['crm.write'] });
    const { searchParams, origin, pathname } = new URL(reply.authorizationUrl);
    expect(origin + pathname).toBe(`${broker.provider.url}/oauth/auth`);
    expect(Object.fromEntries(searchParams)).toMatchObject({ client_id: 'their-client', redirect_uri: 'https://their.example.com/cb', state: reply.state, code_challenge_method: 'S256', scope: 'crm.read crm.write' });
    expect(reply.codeVerifier?.reveal()).toMatch(/^[\w-]{43}$/);
    expect(reply.state).toMatch(/^[\w-]{43}$/);
    expect((await url({ connector: 'sandbox_crm', state: 'their own' })).state).toBe('their own');
    expect(await broker.database.query('SELECT 1 FROM oauth."authorization"')).toHaveLength(before.length);
  });

  it.each([
    ['an unknown connector', { connector: 'no_such' }, 'ENTITY_NOT_FOUND'],
    ['our own callback', { connector: 'sandbox_crm', redirectUrl: 'https://connect.example.com/api/connectors/sandbox_crm/callback' }, 'INVALID_APP_CONNECTION'],
    ['two scopes in one', { connector: 'sandbox_crm', scopes: ['a b'] }, 'INVALID_APP_CONNECTION'],
    ['inputs nobody knows', { connector: 'sandbox_crm', inputs: { shop: 'x' } }, 'INVALID_APP_CONNECTION'],
  ])('is refused for %s', async (_, over, code) => expect(await codeOf(url(over))).toBe(code));

  it('is for those who may connect', async () => expect(await codeOf(url({ connector: 'sandbox_crm' }, ['connections:read']))).toBe('AUTHORIZATION'));
});
