import { connectionDeleted, credentialRevoked, newId, Secret, type OauthCredential } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { codeOf, publicUrl, startBroker, type Broker } from './harness.js';
import { clientId, clientSecret } from './scripted-provider.js';

let broker: Broker;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.stop());
afterEach(() => {
  broker.refusePutWith(null);
  broker.provider.answerTokensWith(null);
});

const redirectUrl = 'https://their.example.com/cb';
const own = (over: Partial<OauthCredential> = {}): OauthCredential => ({ type: 'OAUTH2', clientId, clientSecret: new Secret(clientSecret), ...over });
const withTokens = (over: Partial<OauthCredential> = {}) => own({ accessToken: new Secret('their-access'), refreshToken: new Secret('their-refresh'), expiresIn: 3_600, ...over });
/** A code of a consent the client asked for by itself. */
const withCode = (over: Partial<OauthCredential> = {}) => {
  const verifier = 'v'.repeat(43);
  const code = broker.provider.consentFor({ redirectUri: redirectUrl, verifier, scope: 'crm.read' });
  return own({ code: new Secret(code), redirectUrl, codeVerifier: new Secret(verifier), ...over });
};
const appsOf = (connectionId: string) =>
  broker.database.query<{ id: string; client_id: string; credential_version: string | null }>('SELECT id, client_id, credential_version FROM oauth.oauth_app WHERE connection_id = $1', [connectionId]);
const grantOf = (put = broker.puts.at(-1)!) => {
  if (put.credential.type !== 'OAUTH2') throw new Error('not a grant');
  return put.credential;
};

describe('a code', () => {
  it("is exchanged once, with the client's own app and redirect URL, and the app is kept for refreshing", async () => {
    const connectionId = newId('connection');
    const calls = broker.provider.tokenCalls.length;
    const reply = await broker.accept(withCode(), { connectionId });
    expect(reply).toMatchObject({ type: 'OAUTH2', scopes: ['crm.read'], account: { id: 'acct_1' }, inputs: {} });
    expect(broker.provider.tokenCalls).toHaveLength(calls + 1);
    expect(broker.provider.tokenCalls.at(-1)!.parameters).toMatchObject({ grant_type: 'authorization_code', redirect_uri: redirectUrl });
    const [app] = await appsOf(connectionId);
    expect(broker.puts.at(-1)).toMatchObject({ connectionId, type: 'OAUTH2', allowOtherAccount: true, credential: { oauthAppId: app!.id, expiresInSeconds: 300 } });
    expect((await broker.reveal(app!.id)).clientSecret?.reveal()).toBe(clientSecret);
    const [row] = await broker.database.query<{ all: string }>('SELECT o::text AS all FROM oauth.oauth_app o WHERE connection_id = $1', [connectionId]);
    expect(row!.all).not.toContain(clientSecret);
    await waitFor(() => broker.audited(app!.id)[0] === 'oauth_app.stored', { what: 'the audit entry' });
  });

  it('that is refused leaves nothing behind', async () => {
    const connectionId = newId('connection');
    expect(await codeOf(broker.accept(withCode({ codeVerifier: new Secret('w'.repeat(43)) }), { connectionId }))).toBe('AUTHORIZATION_FAILED');
    expect(await appsOf(connectionId)).toEqual([]);
  });

  it("with a client the provider does not know is the caller's mistake, not the operator's", async () => {
    const connectionId = newId('connection');
    expect(await codeOf(broker.accept(withCode({ clientSecret: new Secret('not-the-secret') }), { connectionId }))).toBe('INVALID_APP_CONNECTION');
    expect(await appsOf(connectionId)).toEqual([]);
  });

  it.each([
    [false, 1],
    [true, 0],
  ])('(reconnect: %s) whose grant the keeper does not take is revoked %i times', async (reconnect, times) => {
    broker.refusePutWith(new AppError('INVALID_APP_CONNECTION', 'no'));
    const before = broker.provider.revoked.length;
    expect(await codeOf(broker.accept(withCode(), { reconnect }))).toBe('INVALID_APP_CONNECTION');
    expect(broker.provider.revoked.length - before).toBe(times);
  });

  it('with a stored app needs no client, and takes none', async () => {
    await broker.putApp();
    const { clientId: _, clientSecret: __, ...rest } = withCode();
    expect(await broker.accept({ ...rest, type: 'PLATFORM_OAUTH2' })).toMatchObject({ type: 'PLATFORM_OAUTH2' });
    expect(await codeOf(broker.accept({ ...rest, type: 'CLOUD_OAUTH2' }))).toBe('OAUTH_APP_MISSING');
    expect(await codeOf(broker.accept({ ...rest, type: 'PLATFORM_OAUTH2', clientId }))).toBe('INVALID_APP_CONNECTION');
  });
});

describe('tokens', () => {
  it('are imported without a call to the provider; what the client says of their life is a hint', async () => {
    const calls = broker.provider.tokenCalls.length;
    await broker.accept(withTokens({ claimedAt: Date.now() - 600_000, scopes: ['crm.read'] }));
    expect(broker.provider.tokenCalls).toHaveLength(calls);
    expect(grantOf()).toMatchObject({ tokenType: 'Bearer', scopes: ['crm.read'], ageMs: 0 });
    expect(grantOf().expiresInSeconds).toBeGreaterThan(2_990);
    expect(grantOf().expiresInSeconds).toBeLessThanOrEqual(3_000);
    expect(grantOf().accessToken.reveal()).toBe('their-access');
    for (const [expiresIn, believed] of [[0, null], [-5, null], [1e30, 315_360_000], [undefined, null]] as const) {
      await broker.accept(withTokens({ expiresIn }));
      expect(grantOf().expiresInSeconds).toBe(believed);
    }
    await broker.accept(withTokens({ claimedAt: Date.now() + 86_400_000 }));
    expect(grantOf().expiresInSeconds).toBe(3_600);
  });

  it('that have died by the client\'s own word are renewed first', async () => {
    broker.provider.answerTokensWith((response) => void broker.provider.json(response, 200, { access_token: 'renewed', token_type: 'Bearer', expires_in: 60 }));
    await broker.accept(withTokens({ claimedAt: Date.now() - 7_200_000 }));
    expect(broker.provider.tokenCalls.at(-1)!.parameters).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'their-refresh' });
    expect(grantOf().accessToken.reveal()).toBe('renewed');
    expect(grantOf().refreshToken?.reveal()).toBe('their-refresh');
    expect(grantOf().expiresInSeconds).toBe(60);
  });

  it('are never revoked when they are not taken: somebody else may be using them', async () => {
    broker.refusePutWith(new AppError('INVALID_APP_CONNECTION', 'no'));
    const before = broker.provider.revoked.length;
    const connectionId = newId('connection');
    expect(await codeOf(broker.accept(withTokens(), { connectionId }))).toBe('INVALID_APP_CONNECTION');
    expect(broker.provider.revoked).toHaveLength(before);
    expect(await appsOf(connectionId)).toEqual([]);
  });
});

describe('what is refused before anything is sent', () => {
  it.each<[string, OauthCredential, RegExp]>([
    ['OAUTH2 without a client id', { type: 'OAUTH2', accessToken: new Secret('x') }, /clientId: is needed/],
    ['a foreign token URL', withTokensOf({ tokenUrl: 'https://evil.test/token' }), /tokenUrl: must be/],
    ['neither code nor tokens', own(), /Neither a code nor an access token/],
    ['a code without its redirect URL', own({ code: new Secret('c') }), /redirectUrl: is needed/],
    ['a code of our own callback', own({ code: new Secret('c'), redirectUrl: `${publicUrl}/api/connectors/sandbox_crm/callback` }), /our own callback/],
    ['a refresh token without the secret', { type: 'OAUTH2', clientId, accessToken: new Secret('x'), refreshToken: new Secret('y') }, /clientSecret: is needed/],
  ])('%s', async (_, credential, words) => {
    const [calls, puts] = [broker.provider.tokenCalls.length, broker.puts.length];
    await expect(broker.accept(credential)).rejects.toMatchObject({ code: 'INVALID_APP_CONNECTION', message: expect.stringMatching(words) as string });
    expect([broker.provider.tokenCalls.length, broker.puts.length]).toEqual([calls, puts]);
  });

  it("but the catalog's own token URL is fine", async () => {
    expect(await codeOf(broker.accept(withTokens({ tokenUrl: `${broker.provider.url}/oauth/token` })))).toBe('no error');
  });
});

describe("a connection's own app", () => {
  it('is kept beside the former one until the new credential is stored, and then alone', async () => {
    const connectionId = newId('connection');
    await broker.accept(withTokens(), { connectionId });
    const [first] = await appsOf(connectionId);
    await broker.accept(withTokens(), { connectionId, reconnect: true });
    expect((await appsOf(connectionId)).map(({ id }) => id)).toEqual([first!.id]);

    broker.refusePutWith(new AppError('CONFLICT', 'another account'));
    expect(await codeOf(broker.accept(withTokens({ clientId: 'another-client' }), { connectionId, reconnect: true }))).toBe('CONFLICT');
    expect((await appsOf(connectionId)).map(({ id }) => id)).toEqual([first!.id]);
    // Nobody knows whether the keeper stored it: both stay.
    broker.refusePutWith(new AppError('SERVICE_UNAVAILABLE', 'away'));
    expect(await codeOf(broker.accept(withTokens({ clientId: 'a-third' }), { connectionId, reconnect: true }))).toBe('SERVICE_UNAVAILABLE');
    expect(await appsOf(connectionId)).toHaveLength(2);
    broker.refusePutWith(null);
    await broker.accept(withTokens({ clientSecret: new Secret('a new secret') }), { connectionId, reconnect: true });
    const left = await appsOf(connectionId);
    expect(left.filter(({ credential_version }) => credential_version !== null)).toHaveLength(1);
    expect(left.find(({ credential_version }) => credential_version !== null)!.id).not.toBe(first!.id);
    expect((await broker.reveal(grantOf().oauthAppId)).clientSecret?.reveal()).toBe('a new secret');
  });

  it('of many grants at once, on two replicas, is that of the last one stored', async () => {
    const replica = await broker.startOne();
    try {
      for (let round = 0; round < 4; round += 1) {
        const connectionId = newId('connection');
        const replies = await Promise.all(Array.from({ length: 6 }, (_, index) => broker.accept(withTokens({ clientId: `client-${index}` }), { connectionId })));
        const last = replies.toSorted((a, b) => b.credentialVersion - a.credentialVersion)[0]!;
        const put = broker.puts.filter((each) => each.connectionId === connectionId);
        const newest = (await appsOf(connectionId)).toSorted((a, b) => Number(b.credential_version) - Number(a.credential_version))[0]!;
        expect(Number(newest.credential_version)).toBe(last.credentialVersion);
        expect(put.map((each) => grantOf(each).oauthAppId)).toContain(newest.id);
        expect(await codeOf(broker.reveal(newest.id))).toBe('no error');
      }
    } finally {
      await replica.close();
    }
  });

  it('is used when the connection is connected again by OAUTH2', async () => {
    const connectionId = newId('connection');
    await broker.accept(withTokens({ clientId: 'brought' }), { connectionId });
    expect((await broker.start({ connectionId, type: 'OAUTH2', reconnect: true })).url.searchParams.get('client_id')).toBe('brought');
  });

  it('goes when the tokens of the deleted connection have ended, and not before', async () => {
    const connectionId = newId('connection');
    await broker.accept(withTokens(), { connectionId });
    const [app] = await appsOf(connectionId);
    const fact = { connectionId, platformId: 'plat_1', projectId: 'proj_1', connector: 'sandbox_crm' };
    await broker.tell(connectionDeleted, fact);
    await waitFor(async () => (await broker.database.query('SELECT 1 FROM oauth.oauth_app WHERE id = $1 AND orphaned_at IS NOT NULL', [app!.id])).length === 1, { what: 'the app to be marked' });
    // The keeper needs it to revoke.
    expect(await codeOf(broker.reveal(app!.id))).toBe('no error');
    await broker.tell(credentialRevoked, { ...fact, outcome: 'revoked' });
    await waitFor(async () => (await appsOf(connectionId)).length === 0, { what: 'the app to go' });
  });

  it('that nobody asks for any more is swept away', async () => {
    const connectionId = newId('connection');
    await broker.accept(withTokens(), { connectionId });
    await broker.database.query(`UPDATE oauth.oauth_app SET orphaned_at = now() - interval '3 days' WHERE connection_id = $1`, [connectionId]);
    // The round runs at start.
    const replica = await broker.startOne();
    try {
      await waitFor(async () => (await appsOf(connectionId)).length === 0, { what: 'the sweep' });
    } finally {
      await replica.close();
    }
  });
});

function withTokensOf(over: Partial<OauthCredential>): OauthCredential {
  return { type: 'OAUTH2', clientId, clientSecret: new Secret(clientSecret), accessToken: new Secret('x'), ...over };
}
