import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { codeOf, masterKey, publicUrl, startBroker, type Broker } from './harness.js';

let broker: Broker;
beforeAll(async () => {
  broker = await startBroker();
  await broker.putApp();
});
afterAll(() => broker.stop());
afterEach(() => {
  broker.provider.answerTokensWith(null);
  broker.refusePutWith(null);
  broker.refuseActivationWith(null);
});

const walksOpen = async () => Number((await broker.database.query<{ n: string }>('SELECT count(*) AS n FROM oauth."authorization"'))[0]!.n);

describe('the happy walk', () => {
  it('sends the person to the consent page with state and PKCE', async () => {
    const { url, expiresAt } = await broker.start();
    expect(url.origin + url.pathname).toBe(`${broker.provider.url}/oauth/auth`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'trunkline-client',
      redirect_uri: `${publicUrl}/api/connectors/sandbox_crm/callback`,
      scope: expect.stringContaining('crm.read') as unknown,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      state: expect.stringMatching(/^[\w-]{43}$/) as unknown,
    });
    const left = new Date(expiresAt).getTime() - Date.now();
    expect(left).toBeGreaterThan(9 * 60_000);
    expect(left).toBeLessThanOrEqual(10 * 60_000 + 1_000);
  });

  it('ends with the grant in the keeper and the connection active', async () => {
    const walk = await broker.start();
    const query = broker.provider.consent(walk.authorizationUrl);
    const calls = broker.provider.tokenCalls.length;
    const done = await broker.complete(walk, query);
    const account = { id: 'acct_1', name: 'Acme Inc' };
    expect(done).toEqual({ connectionId: walk.connectionId, connector: 'sandbox_crm', pieceName: 'sandbox_crm', account, returnUrl: 'https://app.example.com/done' });
    expect(broker.provider.tokenCalls).toHaveLength(calls + 1);
    const put = broker.puts.at(-1)!;
    expect(put).toMatchObject({ connectionId: walk.connectionId, platformId: 'plat_1', projectId: 'proj_1', connector: 'sandbox_crm', inputs: {} });
    if (put.credential.type !== 'OAUTH2') throw new Error('not a grant');
    expect(put.credential.accessToken.reveal()).toBe(`access-${calls + 1}`);
    expect(put.credential.refreshToken?.reveal()).toBe(`refresh-${calls + 1}`);
    expect(put.credential).toMatchObject({ tokenType: 'Bearer', expiresInSeconds: 300, scopes: expect.arrayContaining(['crm.read']) as unknown });
    expect(broker.activations.at(-1)).toEqual({
      connectionId: walk.connectionId, account: { id: 'acct_1', name: 'Acme Inc' }, credentialVersion: expect.any(Number) as number, type: 'PLATFORM_OAUTH2', inputs: {},
      scopes: expect.arrayContaining(['crm.read']) as string[],
    });
  });

  it('uses the other callback path when asked to', async () => {
    const walk = await broker.start({ callback: 'oauth' });
    expect(walk.url.searchParams.get('redirect_uri')).toBe(`${publicUrl}/api/oauth/sandbox_crm/callback`);
    expect((await broker.complete(walk, broker.provider.consent(walk.authorizationUrl), { callback: 'oauth' })).connectionId).toBe(walk.connectionId);
  });

  it('keeps neither state, verifier, binding nor client secret in readable form', async () => {
    const walk = await broker.start();
    const everything = 'SELECT a::text AS everything FROM oauth."authorization" a UNION ALL SELECT o::text FROM oauth.oauth_app o';
    const rows = await broker.database.query<{ everything: string }>(everything);
    const text = rows.map((row) => row.everything).join('\n');
    const hex = (plain: string) => Buffer.from(plain).toString('hex');
    const state = walk.url.searchParams.get('state')!;
    for (const plain of [state, walk.cookie, 'client:secret with %']) {
      expect(text).not.toContain(plain);
      expect(text).not.toContain(hex(plain));
    }
    await broker.complete(walk, broker.provider.consent(walk.authorizationUrl));
    const verifier = broker.provider.tokenCalls.at(-1)!.parameters.code_verifier!;
    expect(verifier).toMatch(/^[\w-]{43}$/);
    expect(text).not.toContain(hex(verifier));
  });

  it('survives a registry that is away: the grant is stored, the event will activate', async () => {
    const walk = await broker.start();
    broker.refuseActivationWith(new AppError('SERVICE_UNAVAILABLE', 'away'));
    expect(await codeOf(broker.complete(walk, broker.provider.consent(walk.authorizationUrl)))).toBe('no error');
  });

  it('tells the person if the connection was deleted meanwhile', async () => {
    const walk = await broker.start();
    broker.refuseActivationWith(AppError.notFound('app_connection', walk.connectionId));
    expect(await codeOf(broker.complete(walk, broker.provider.consent(walk.authorizationUrl)))).toBe('AUTHORIZATION_FAILED');
  });
});

describe('a state is good for one callback', () => {
  it('50 copies of one callback make one exchange', async () => {
    const walk = await broker.start();
    const query = broker.provider.consent(walk.authorizationUrl);
    const calls = broker.provider.tokenCalls.length;
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => codeOf(broker.complete(walk, query))));
    expect(outcomes.filter((code) => code === 'no error')).toHaveLength(1);
    expect(outcomes.filter((code) => code === 'AUTHORIZATION_STATE_INVALID')).toHaveLength(49);
    expect(broker.provider.tokenCalls).toHaveLength(calls + 1);
    expect(broker.abandoned.filter(({ connectionId }) => connectionId === walk.connectionId)).toEqual([]);
  });

  it('two replicas share it', async () => {
    const replica = await broker.startOne();
    try {
      const walks = await Promise.all(Array.from({ length: 10 }, () => broker.start()));
      const calls = broker.provider.tokenCalls.length;
      const queries = walks.map((walk) => broker.provider.consent(walk.authorizationUrl));
      const outcomes = await Promise.all(walks.flatMap((walk, index) => [1, 2, 3].map(() => codeOf(broker.complete(walk, queries[index]!)))));
      expect(outcomes.filter((code) => code === 'no error')).toHaveLength(10);
      expect(broker.provider.tokenCalls).toHaveLength(calls + 10);
    } finally {
      await replica.close();
    }
  });
});

describe('a callback that must not go on', () => {
  type Forge = (walk: Awaited<ReturnType<Broker['start']>>, query: Record<string, string>) => Promise<unknown>;
  const refusals: [string, Forge, string | null][] = [
    ['a forged state', (walk, query) => broker.complete(walk, { ...query, state: 'A'.repeat(43) }), null],
    ['a state cut short', (walk, query) => broker.complete(walk, { ...query, state: query.state!.slice(0, -1) }), null],
    ['no state', (walk, { state: _, ...query }) => broker.complete(walk, query), null],
    ['another browser', (walk, query) => broker.complete({ cookie: 'cookie-of-somebody-else' }, query), 'failed'],
    ['no browser binding', (walk, query) => broker.complete(walk, query, { browserBinding: null }), 'failed'],
    ["another connector's path", (walk, query) => broker.complete(walk, query, { connector: 'sandbox_graphql' }), 'failed'],
    ['a path of no connector', (walk, query) => broker.complete(walk, query, { connector: 'no_such_system' }), 'failed'],
    ['the other kind of callback', (walk, query) => broker.complete(walk, query, { callback: 'oauth' }), 'failed'],
    ['another issuer', (walk, query) => broker.complete(walk, { ...query, iss: 'https://evil.test' }), 'failed'],
    [
      'an error in the name of another issuer',
      (walk, { code: _, ...query }) => broker.complete(walk, { ...query, error: 'access_denied', iss: 'https://evil.test' }),
      'failed',
    ],
    [
      'a walk whose time is over',
      async (walk, query) => {
        await broker.database.query(`UPDATE oauth."authorization" SET expires_at = now() - interval '1 second' WHERE connection_id = $1`, [walk.connectionId]);
        return broker.complete(walk, query);
      },
      'expired',
    ],
    [
      'an app that became another client meanwhile',
      async (walk, query) => {
        await broker.putApp({ clientId: 'another-client' });
        try {
          return await broker.complete(walk, query);
        } finally {
          await broker.putApp();
        }
      },
      'failed',
    ],
  ];

  it.each(refusals)('%s: refused in the same words, no token call, state used up', async (_, forge, outcome) => {
    const walk = await broker.start();
    const query = broker.provider.consent(walk.authorizationUrl);
    const calls = broker.provider.tokenCalls.length;
    await expect(forge(walk, query)).rejects.toMatchObject({
      code: 'AUTHORIZATION_STATE_INVALID',
      message: 'This authorization is not known, has expired, or was begun elsewhere. Start again, in one browser.',
      params: { message: expect.any(String) as unknown },
    });
    expect(broker.provider.tokenCalls).toHaveLength(calls);
    if (outcome === null) {
      // The walk itself was not touched: whoever began it can still finish it.
      expect(await codeOf(broker.complete(walk, query))).toBe('no error');
    } else {
      expect(await broker.waitAbandoned(walk.connectionId)).toEqual({
        authorizationId: expect.stringMatching(/^auth_/) as string, connectionId: walk.connectionId, platformId: 'plat_1', projectId: 'proj_1', connector: 'sandbox_crm', outcome,
      });
      expect(await codeOf(broker.complete(walk, query))).toBe('AUTHORIZATION_STATE_INVALID');
      expect(broker.provider.tokenCalls).toHaveLength(calls);
    }
  });

  it('a callback replayed after success is refused', async () => {
    const walk = await broker.start();
    const query = broker.provider.consent(walk.authorizationUrl);
    await broker.complete(walk, query);
    const calls = broker.provider.tokenCalls.length;
    expect(await codeOf(broker.complete(walk, query))).toBe('AUTHORIZATION_STATE_INVALID');
    expect(broker.provider.tokenCalls).toHaveLength(calls);
  });

  it("one person's code with another person's state gets nobody connected", async () => {
    const [victim, attacker] = [await broker.start(), await broker.start()];
    const stolen = broker.provider.consent(victim.authorizationUrl);
    const own = broker.provider.consent(attacker.authorizationUrl);
    const puts = broker.puts.length;
    // PKCE: the provider compares the attacker's verifier with the victim's challenge.
    expect(await codeOf(broker.complete(attacker, { ...own, code: stolen.code! }))).toBe('AUTHORIZATION_FAILED');
    expect(broker.puts).toHaveLength(puts);
  });
});

describe('an answer without a grant', () => {
  it('denial is told as such, with the provider\'s words cleaned', async () => {
    const walk = await broker.start();
    const { state } = broker.provider.consent(walk.authorizationUrl);
    const calls = broker.provider.tokenCalls.length;
    await expect(broker.complete(walk, { state: state!, error: 'access_denied', error_description: 'The user\r\nsaid \u202eno' })).rejects.toMatchObject({
      code: 'AUTHORIZATION_DENIED',
      message: 'Access was not granted at Sandbox CRM: The user said no',
    });
    expect(await broker.waitAbandoned(walk.connectionId)).toMatchObject({ outcome: 'denied' });
    expect(broker.provider.tokenCalls).toHaveLength(calls);
  });

  it('another error fails the walk', async () => {
    const walk = await broker.start();
    const { state } = broker.provider.consent(walk.authorizationUrl);
    const failed = { state: state!, error: 'server_error', error_description: 'x'.repeat(1_000) };
    await expect(broker.complete(walk, failed)).rejects.toMatchObject({ code: 'AUTHORIZATION_FAILED' });
    expect(await broker.waitAbandoned(walk.connectionId)).toMatchObject({ outcome: 'failed' });
  });

  it.each<Record<string, string>>([{}, { code: '' }, { error: '' }])('neither code nor error (%j) fails it too, and starts no new walk', async (rest) => {
    const walk = await broker.start();
    const { state } = broker.provider.consent(walk.authorizationUrl);
    const before = await walksOpen();
    expect(await codeOf(broker.complete(walk, { state: state!, ...rest }))).toBe('AUTHORIZATION_FAILED');
    expect(await walksOpen()).toBe(before - 1);
    expect(await broker.waitAbandoned(walk.connectionId)).toMatchObject({ outcome: 'failed' });
  });
});

describe('an exchange that fails', () => {
  const json = (status: number, body: object) => (response: ServerResponse) => void broker.provider.json(response, status, body);
  const redirect = (response: ServerResponse) => void response.writeHead(307, { location: `${broker.provider.url}/elsewhere` }).end();
  it.each([
    ['the code is refused', () => json(400, { error: 'invalid_grant', error_description: 'secret words' }), 'AUTHORIZATION_FAILED'],
    ['our client is refused', () => json(401, { error: 'invalid_client' }), 'CONNECTOR_MISCONFIGURED'],
    ['the provider is down', () => json(503, {}), 'PROVIDER_UNAVAILABLE'],
    ['the connection breaks', () => (response: ServerResponse) => void response.destroy(), 'PROVIDER_UNAVAILABLE'],
    ['the answer is nonsense', () => json(200, { nothing: true }), 'PROVIDER_UNAVAILABLE'],
    ['the token endpoint redirects', () => redirect, 'PROVIDER_UNAVAILABLE'],
  ])('because %s: one token call, the walk abandoned, nothing stored', async (_, scripted, code) => {
    broker.provider.answerTokensWith(scripted());
    const walk = await broker.start();
    const [calls, puts] = [broker.provider.tokenCalls.length, broker.puts.length];
    const failure = await broker.complete(walk, broker.provider.consent(walk.authorizationUrl)).catch((error: unknown) => error as AppError);
    expect(failure).toMatchObject({ code });
    expect((failure as AppError).message).not.toContain('secret words');
    expect(broker.provider.tokenCalls).toHaveLength(calls + 1);
    expect(broker.provider.strayPaths).toEqual([]);
    expect(broker.puts).toHaveLength(puts);
    expect(await broker.waitAbandoned(walk.connectionId)).toMatchObject({ outcome: 'failed' });
  });

  it('a grant the keeper does not take is revoked', async () => {
    broker.refusePutWith(new AppError('INVALID_APP_CONNECTION', 'The provider refused the verification call.'));
    const walk = await broker.start();
    const activations = broker.activations.length;
    expect(await codeOf(broker.complete(walk, broker.provider.consent(walk.authorizationUrl)))).toBe('INVALID_APP_CONNECTION');
    expect(broker.provider.revoked.at(-1)).toBe(`refresh-${broker.provider.tokenCalls.length}`);
    expect(await broker.waitAbandoned(walk.connectionId)).toMatchObject({ outcome: 'failed' });
    expect(broker.activations).toHaveLength(activations);
  });
});

describe('a grant for a connection that is gone', () => {
  it('is left to the keeper, who revokes it', async () => {
    broker.refusePutWith(AppError.notFound('app_connection', 'conn_gone'));
    const walk = await broker.start();
    const revoked = broker.provider.revoked.length;
    expect(await codeOf(broker.complete(walk, broker.provider.consent(walk.authorizationUrl)))).toBe('AUTHORIZATION_FAILED');
    expect(broker.provider.revoked).toHaveLength(revoked);
    await broker.waitAbandoned(walk.connectionId);
  });
});

describe('starting', () => {
  it('needs an OAuth app and says which redirect URI to register', async () => {
    await expect(broker.start({ connector: 'sandbox_graphql' })).rejects.toMatchObject({
      code: 'OAUTH_APP_MISSING',
      params: { connector: 'sandbox_graphql', redirectUri: `${publicUrl}/api/connectors/sandbox_graphql/callback` },
    });
    expect(await codeOf(broker.start({ platformId: 'plat_other' }))).toBe('OAUTH_APP_MISSING');
  });

  it.each([
    ['a connector that is not offered', { connector: 'no_such_system' }],
    ['an input the connector does not have', { inputs: { nonsense: 'x' } }],
  ])('is refused for %s', async (_, over) => {
    const before = await walksOpen();
    expect(await codeOf(broker.start(over))).toBe('INVALID_APP_CONNECTION');
    expect(await walksOpen()).toBe(before);
  });

  it("prefers the project's own app", async () => {
    await broker.putApp({ projectId: 'proj_own', clientId: 'own-client' });
    expect((await broker.start({ projectId: 'proj_own' })).url.searchParams.get('client_id')).toBe('own-client');
    expect((await broker.start()).url.searchParams.get('client_id')).toBe('trunkline-client');
  });
});

describe('walks nobody finishes', () => {
  it('are ended by any replica, each told once', async () => {
    const walks = await Promise.all(Array.from({ length: 5 }, () => broker.start()));
    const young = await broker.start();
    const ids = walks.map(({ connectionId }) => connectionId);
    await broker.database.query(`UPDATE oauth."authorization" SET expires_at = now() - interval '1 second' WHERE connection_id = ANY($1)`, [ids]);
    // The round runs at start: two new replicas come up with it at the same time.
    const replicas = await Promise.all([broker.startOne(), broker.startOne()]);
    try {
      await Promise.all(ids.map((id) => broker.waitAbandoned(id)));
      await waitFor(async () => (await broker.database.query('SELECT 1 FROM oauth.outbox')).length === 0, { what: 'the outbox to be told' });
      expect(broker.abandoned.filter(({ connectionId }) => ids.includes(connectionId)).map(({ outcome }) => outcome)).toEqual(Array(5).fill('expired'));
      expect(await codeOf(broker.complete(young, broker.provider.consent(young.authorizationUrl)))).toBe('no error');
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()));
    }
  });
});

describe('what is logged', () => {
  it('has no state, code, token or secret', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'trunkline-log-'));
    const file = join(directory, 'broker.log');
    const other = await startBroker({ LOG_LEVEL: 'trace', LOG_DESTINATION: file });
    try {
      await other.putApp();
      const good = await other.start();
      const goodQuery = other.provider.consent(good.authorizationUrl);
      await other.complete(good, goodQuery);
      const bad = await other.start();
      const badQuery = other.provider.consent(bad.authorizationUrl);
      await codeOf(other.complete({ cookie: 'wrong' }, badQuery));
      other.refusePutWith(new AppError('INVALID_APP_CONNECTION', 'no'));
      const refused = await other.start();
      const refusedQuery = other.provider.consent(refused.authorizationUrl);
      await codeOf(other.complete(refused, refusedQuery));
      const log = await waitFor(async () => {
        const text = await readFile(file, 'utf8');
        return text.includes('it was given up') && text;
      });
      const cookies = [good, bad, refused].map(({ cookie }) => cookie);
      const parameters = [goodQuery, badQuery, refusedQuery].flatMap(({ code, state }) => [code!, state!]);
      const secrets = [...cookies, ...parameters, 'access-1', 'refresh-1', 'access-2', 'client:secret', masterKey];
      for (const secret of secrets) expect(log).not.toContain(secret);
      for (const call of other.provider.tokenCalls) expect(log).not.toContain(call.parameters.code_verifier!);
    } finally {
      await other.stop();
      await rm(directory, { recursive: true, force: true });
    }
  });
});
