import { Secret, type OauthCredential } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { codeOf, startBroker, type Broker } from './harness.js';
import { ownConnectors } from './own-connectors.js';
import { clientId, clientSecret } from './scripted-provider.js';

const second = {
  name: 'user', scope_parameter: 'user_scope', access_token: 'person.access_token', refresh_token: 'person.refresh_token', scope: 'person.scope', expires_in: 'person.expires_in',
};
const connectors = {
  two_tokens: { oauth: { token_response: { second } } },
  adds_up: { oauth: { authorize_params: { prompt: 'consent' }, reauthorize_params: { include_granted_scopes: 'true' } } },
  looks_up: {
    inputs: [{ name: 'account', title: 'Account', filled_by: 'lookup' }],
    oauth: { capture: { lookup: { request: { url: '{{settings.sandbox_url}}/outage' }, values: { account: { path: 'id' } } } } },
  },
  both_grants: { oauth: { grant_types: ['authorization_code', 'client_credentials'] } },
  only_client: { oauth: { grant_types: ['client_credentials'], authorize_url: undefined } },
};

let own: Awaited<ReturnType<typeof ownConnectors>>;
let broker: Broker;
beforeAll(async () => {
  own = await ownConnectors(connectors);
  broker = await startBroker({ TRUNKLINE_CATALOG_FOLDERS: own.folder });
  for (const connector of ['sandbox_crm', ...Object.keys(connectors)]) await broker.putApp({ connector });
});
afterAll(async () => {
  await broker.stop();
  await own.remove();
});
afterEach(() => {
  broker.provider.answerTokensWith(null);
  broker.refusePutWith(null);
});

const answerWith = (body: object) => broker.provider.answerTokensWith((response) => void broker.provider.json(response, 200, body));
const walk = async (connector: string, over: object = {}) => {
  const started = await broker.start({ connector, ...over });
  return { started, complete: () => broker.complete(started, broker.provider.consent(started.authorizationUrl), { connector }) };
};
const putOf = (connectionId: string) => {
  const put = broker.puts.findLast((each) => each.connectionId === connectionId);
  if (put?.credential.type !== 'OAUTH2') throw new Error('no grant');
  return put.credential;
};

describe('a second token of one consent', () => {
  it('is asked for by scopes of its own and handed over beside the first', async () => {
    answerWith({ access_token: 'bot', scope: 'crm.read', refresh_token_expires_in: 7_776_000, person: { access_token: 'person', refresh_token: 'person-refresh', expires_in: 60 } });
    const { started, complete } = await walk('two_tokens', { scopes: ['user:search.read', 'crm.write'] });
    expect([started.url.searchParams.get('scope'), started.url.searchParams.get('user_scope')]).toEqual(['crm.read crm.write', 'search.read']);
    await complete();
    const grant = putOf(started.connectionId);
    expect(grant).toMatchObject({ scopes: ['crm.read'], refreshExpiresInSeconds: 7_776_000, second: { name: 'user', scopes: ['search.read'], expiresInSeconds: 60 } });
    expect([grant.accessToken.reveal(), grant.second?.accessToken.reveal(), grant.second?.refreshToken?.reveal()]).toEqual(['bot', 'person', 'person-refresh']);
    expect((await walk('two_tokens')).started.url.searchParams.has('user_scope')).toBe(false);
  });

  it('is ended with the first when nobody takes them', async () => {
    answerWith({ access_token: 'bot-2', refresh_token: 'bot-2-refresh', person: { access_token: 'person-2' } });
    broker.refusePutWith(new AppError('INVALID_APP_CONNECTION', 'no'));
    expect(await codeOf((await walk('two_tokens')).complete())).toBe('INVALID_APP_CONNECTION');
    expect(broker.provider.revoked.slice(-2)).toEqual(['bot-2-refresh', 'person-2']);
  });
});

describe('more scopes for a connection that is there', () => {
  it('are asked for together with what was granted, and what is granted then is what the provider says', async () => {
    const { started, complete } = await walk('sandbox_crm', { reconnect: true, scopes: ['crm.write'], grantedScopes: ['crm.read', 'crm.notes', 'not a scope'] });
    expect(started.url.searchParams.get('scope')!.split(' ').sort()).toEqual(['crm.notes', 'crm.read', 'crm.write']);
    answerWith({ access_token: 'a', scope: 'crm.read crm.write' });
    await complete();
    expect(putOf(started.connectionId).scopes).toEqual(['crm.read', 'crm.write']);
    expect((await walk('sandbox_crm', { reconnect: true, grantedScopes: ['crm.notes'] })).started.url.searchParams.get('scope')).toBe('crm.read');
  });

  it('are added to the grant there is where the connector says how', async () => {
    const parameters = async (reconnect: boolean) => Object.fromEntries((await walk('adds_up', { reconnect })).started.url.searchParams);
    expect(await parameters(true)).toMatchObject({ prompt: 'consent', include_granted_scopes: 'true' });
    expect(await parameters(false)).not.toHaveProperty('include_granted_scopes');
  });
});

describe('a grant whose storing was not answered', () => {
  it('is stored again, and never revoked', async () => {
    broker.refusePutWith(new AppError('SERVICE_UNAVAILABLE', 'the answer was lost'));
    const [puts, revoked] = [broker.puts.length, broker.provider.revoked.length];
    const { complete } = await walk('sandbox_crm');
    const done = complete();
    await waitFor(() => broker.puts.length > puts, { what: 'the first try' });
    broker.refusePutWith(null);
    await done;
    expect(broker.puts).toHaveLength(puts + 2);
    expect(broker.puts.at(-1)).toEqual(broker.puts.at(-2));
    expect(broker.provider.revoked).toHaveLength(revoked);
  });

  it.each([
    ['stays unanswered', 'SERVICE_UNAVAILABLE'],
    ['is refused the next time', 'INVALID_APP_CONNECTION'],
  ] as const)('is left alone when it %s: it may be in use', async (_, code) => {
    broker.refusePutWith(new AppError('SERVICE_UNAVAILABLE', 'the answer was lost'));
    const [puts, revoked] = [broker.puts.length, broker.provider.revoked.length];
    const { complete } = await walk('sandbox_crm');
    const done = codeOf(complete());
    await waitFor(() => broker.puts.length > puts, { what: 'the first try' });
    broker.refusePutWith(new AppError(code, 'later'));
    expect(await done).toBe(code);
    expect(broker.provider.revoked).toHaveLength(revoked);
  });
});

describe('a grant whose account cannot be looked up just now', () => {
  it.each([
    [false, 1],
    [true, 0],
  ])('(reconnect: %s) is revoked %i times and not forgotten', async (reconnect, times) => {
    const [puts, revoked] = [broker.puts.length, broker.provider.revoked.length];
    expect(await codeOf((await walk('looks_up', { reconnect })).complete())).toBe('PROVIDER_UNAVAILABLE');
    expect(broker.puts).toHaveLength(puts);
    expect(broker.provider.revoked.length - revoked).toBe(times);
    if (times > 0) expect(broker.provider.revoked.at(-1)).toBe(`refresh-${broker.provider.tokenCalls.length}`);
  });
});

describe('the grant a client means', () => {
  const app = { type: 'OAUTH2', clientId, clientSecret: new Secret(clientSecret) } as const;
  const accept = (connector: string, over: Partial<OauthCredential> = {}) => broker.accept({ ...app, ...over }, { connector });

  it.each([
    ['only_client', undefined],
    ['only_client', 'client_credentials'],
    ['both_grants', 'client_credentials'],
  ] as const)('%s with the grant type %s: the first token is asked for by the client itself', async (connector, grantType) => {
    answerWith({ access_token: 'of the client', expires_in: 3_600 });
    expect(await codeOf(accept(connector, { grantType }))).toBe('no error');
    expect(broker.provider.tokenCalls.at(-1)!.parameters).toMatchObject({ grant_type: 'client_credentials', scope: 'crm.read' });
    expect(broker.puts.at(-1)!.credential).toMatchObject({ grantType: 'client_credentials', refreshToken: null, scopes: ['crm.read'] });
  });

  it.each<[string, string, Partial<OauthCredential>, RegExp]>([
    ['is not guessed', 'both_grants', {}, /say client_credentials/],
    ['has no code if it is the client\'s', 'both_grants', { grantType: 'client_credentials', code: new Secret('c'), redirectUrl: 'https://x.example/cb' }, /code: must be left out/],
    ['is one the connector knows', 'sandbox_crm', { grantType: 'client_credentials' }, /grantType: must be authorization_code/],
    ['is not a person\'s without a code', 'both_grants', { grantType: 'authorization_code' }, /Neither a code nor an access token/],
  ])('%s', async (_, connector, over, words) => {
    const calls = broker.provider.tokenCalls.length;
    await expect(accept(connector, over)).rejects.toMatchObject({ code: 'INVALID_APP_CONNECTION', message: expect.stringMatching(words) as string });
    expect(broker.provider.tokenCalls).toHaveLength(calls);
  });
});
