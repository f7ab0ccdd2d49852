import { waitFor } from '@trunkline/testing';
import { clientSecret, type ScriptedAnswer } from './support/scripted-provider.js';
import { codeOf, failureOf, World } from './support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start({ environment: { TRUNKLINE_REFRESH_HTTP_DEADLINE_MS: '4000', TRUNKLINE_REFRESH_ANSWER_MS: '4000', TRUNKLINE_OAUTH_APP_CACHE_MS: '0' } });
});
afterAll(() => world.stop());

const transient: [string, ScriptedAnswer][] = [
  ['500', { status: 500 }],
  ['502 in HTML', { status: 502, body: '<html>bad gateway</html>' }],
  ['503 that speaks of invalid_grant', { status: 503, body: { error: 'invalid_grant' } }],
  ['429', { status: 429, body: { error: 'rate_limited' } }],
  ['408', { status: 408 }],
  ['425', { status: 425 }],
  ['a cut connection', { status: 0, cut: true }],
  ['200 with HTML', { status: 200, body: '<html>hello</html>' }],
  ['200 with an empty body', { status: 200, body: '' }],
  ['200 without a token', { status: 200, body: { token_type: 'Bearer' } }],
  ['truncated JSON', { status: 200, body: '{"access_token": "abc' }],
  ['an error nobody knows', { status: 400, body: { error: 'temporarily_strange' } }],
  ['400 without an error', { status: 400, body: {} }],
  ['a redirect', { status: 302, headers: { location: 'https://example.com/' } }],
];

describe('transient failures', () => {
  it.each(transient)('%s: the connection keeps its status, nothing is announced, and it works again afterwards', async (_, answer) => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    world.provider.script(answer);
    const failure = await failureOf(world.resolve({ connectionId }));
    expect(failure.code).toBe('PROVIDER_UNAVAILABLE');
    expect(failure.params.retryAfterSeconds).toBeGreaterThanOrEqual(30);
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', status_reason: null, failures: 1, lease_owner: null, version: 1 });
    expect(world.told('broken', connectionId)).toEqual([]);
    // What may have been exchanged in secret is the subject of refresh-crash; here the provider is tolerant.
    world.provider.rotation = 'grace';
    await world.passCooldown(connectionId);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', failures: 0, next_attempt_at: null, last_error_code: null });
    world.provider.rotation = 'strict';
  });

  it('a provider that is silent for longer than the deadline', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const hold = world.provider.hold();
    expect(await codeOf(world.resolve({ connectionId }))).toBe('PROVIDER_UNAVAILABLE');
    hold.release();
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', failures: 1, last_error_code: 'no_answer' });
  });

  it('never flips the status however often it fails, and pauses ever longer', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const pauses: number[] = [];
    for (let failure = 1; failure <= 8; failure += 1) {
      world.provider.script({ status: 503 });
      pauses.push(Number((await failureOf(world.resolve({ connectionId }))).params.retryAfterSeconds));
      await world.passCooldown(connectionId);
    }
    expect(pauses[0]).toBeLessThan(40);
    for (let index = 1; index < pauses.length; index += 1) expect(pauses[index]).toBeGreaterThanOrEqual(Math.min(720, pauses[index - 1]! * 1.2));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(900);
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', failures: 8 });
  });

  it('asks nobody during the pause: CREDENTIAL_COOLDOWN with the seconds left', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    world.provider.script({ status: 503 });
    await codeOf(world.resolve({ connectionId }));
    const before = world.provider.calls.length;
    for (const ask of [() => world.resolve({ connectionId }), () => world.refresh(connectionId), () => world.lease(connectionId)]) {
      const failure = await failureOf(ask());
      expect(failure).toMatchObject({ code: 'CREDENTIAL_COOLDOWN', retryable: true });
      expect(failure.params.retryAfterSeconds).toBeGreaterThan(20);
    }
    expect(world.provider.calls).toHaveLength(before);
  });

  it.each([
    ['10', 10],
    ['0', 1],
    ['-5', 1],
    ['999999999', 3_600],
  ])('keeps to Retry-After: %s within bounds', async (header, expected) => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    world.provider.script({ status: 429, headers: { 'retry-after': header } });
    expect((await failureOf(world.resolve({ connectionId }))).params.retryAfterSeconds).toBe(expected);
  });

  it('goes on serving a token that still lives, with a warning, and does not ask again during the pause', async () => {
    const { connectionId, accessToken } = await world.connect();
    await world.makeDue(connectionId, 200);
    world.provider.script({ status: 503 });
    const needy = await world.resolve({ connectionId, minimumSeconds: 600 });
    expect(needy.token?.reveal()).toBe(accessToken);
    expect(needy.warning).toMatch(/could not be renewed just now and lives for another \d+ seconds/);
    const before = world.provider.calls.length;
    const calm = await world.resolve({ connectionId });
    expect(calm.token?.reveal()).toBe(accessToken);
    expect(calm.warning).toMatch(/could not be renewed/);
    expect((await world.lease(connectionId)).credential.type).toBe('OAUTH2');
    expect(world.provider.calls).toHaveLength(before);
  });
});

describe('invalid_grant', () => {
  const refused: ScriptedAnswer = { status: 400, body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' } };

  it('long after the last success is the end: broken, told, and no provider is asked again', async () => {
    const { connectionId, refreshToken } = await world.connect();
    await world.expire(connectionId);
    world.provider.revokeGrantOf(refreshToken);
    const failure = await failureOf(world.resolve({ connectionId }));
    expect(failure).toMatchObject({ code: 'CREDENTIAL_NEEDS_RECONNECT', params: { reason: 'reauth_required' } });
    expect(await world.waitForEvent('broken', connectionId)).toMatchObject({ reason: 'reauth_required', connector: 'sandbox_crm', projectId: world.projectId, credentialVersion: 1 });
    const before = world.provider.calls.length;
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CREDENTIAL_NEEDS_RECONNECT');
    expect(await codeOf(world.refresh(connectionId))).toBe('CREDENTIAL_NEEDS_RECONNECT');
    expect(world.provider.calls).toHaveLength(before);
  });

  it('soon after a success is doubted once, and believed when it is repeated 30 seconds later', async () => {
    const { connectionId, refreshToken } = await world.connect();
    await world.set(connectionId, `access_expires_at = now() - interval '1 second', refresh_due_at = now() - interval '1 minute'`);
    world.provider.revokeGrantOf(refreshToken);
    const first = await failureOf(world.resolve({ connectionId }));
    expect(first).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', params: { retryAfterSeconds: 30 } });
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', last_error_code: 'invalid_grant' });
    // Somebody makes it ask too soon: the answer is no confirmation yet.
    await world.passCooldown(connectionId);
    await codeOf(world.resolve({ connectionId }));
    expect((await world.row(connectionId)).status).toBe('usable');
    await world.set(connectionId, `refused_at = now() - interval '31 seconds', next_attempt_at = now()`);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CREDENTIAL_NEEDS_RECONNECT');
    await world.waitForEvent('broken', connectionId);
  });

  it('that was a passing mistake leaves nothing behind', async () => {
    const { connectionId } = await world.connect();
    await world.set(connectionId, `access_expires_at = now() - interval '1 second', refresh_due_at = now() - interval '1 minute'`);
    world.provider.script(refused);
    await codeOf(world.resolve({ connectionId }));
    await world.passCooldown(connectionId);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', refused_at: null, refused_token_digest: null });
    expect(world.told('broken', connectionId)).toEqual([]);
  });

  it('is mended by connecting anew', async () => {
    const { connectionId, refreshToken } = await world.connect();
    await world.expire(connectionId);
    world.provider.revokeGrantOf(refreshToken);
    await codeOf(world.resolve({ connectionId }));
    const pair = world.provider.consent();
    await world.put({ connectionId, credential: world.grant(pair) });
    expect((await world.resolve({ connectionId })).token?.reveal()).toBe(pair.accessToken);
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', status_reason: null, version: 2 });
  });
});

describe('our own OAuth app is refused', () => {
  afterEach(() => {
    world.appSecret = clientSecret;
    world.appExists = true;
  });

  it('invalid_client is the connector\'s trouble: the connection keeps its status and works once the app is mended', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    world.appSecret = 'canary_wrong_secret';
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CONNECTOR_MISCONFIGURED');
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', status_reason: 'connector_misconfigured', last_error_code: 'invalid_client' });
    // In the pause too, without asking again.
    const before = world.provider.calls.length;
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CONNECTOR_MISCONFIGURED');
    expect(world.provider.calls).toHaveLength(before);
    expect(world.told('broken', connectionId)).toEqual([]);
    world.appSecret = clientSecret;
    await world.passCooldown(connectionId);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
    expect((await world.row(connectionId)).status_reason).toBeNull();
  });

  it('an app that does not exist any more is the same, and nothing is sent', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    world.appExists = false;
    const before = world.provider.calls.length;
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CONNECTOR_MISCONFIGURED');
    expect(world.provider.calls).toHaveLength(before);
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', intent_id: null });
  });

  it('never sends a secret to a place it is not bound to', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    await world.set(connectionId, `allowed_origins = '{https://elsewhere.example}'`);
    const before = world.provider.calls.length;
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CONNECTOR_MISCONFIGURED');
    expect(world.provider.calls).toHaveLength(before);
  });
});

describe('short-lived tokens', () => {
  it('are renewed at half their life, not at every read', async () => {
    world.provider.expiresIn = 20;
    const { connectionId } = await world.connect({}, { expiresInSeconds: 20 });
    const before = world.provider.calls.length;
    for (let index = 0; index < 20; index += 1) await world.resolve({ connectionId });
    expect(world.provider.calls).toHaveLength(before);
    await world.set(connectionId, `access_expires_at = access_expires_at - interval '11 seconds', refresh_due_at = refresh_due_at - interval '11 seconds'`);
    const reply = await world.resolve({ connectionId });
    expect(reply.warning).toBeNull();
    await waitFor(async () => (await world.row(connectionId)).version === 2, { what: 'the renewal behind' });
    world.provider.expiresIn = 3_600;
  });
});

it('logs nothing secret, not even what the provider quoted', async () => {
  const { text, leaks } = await world.logs();
  expect(text).toContain('the connector is misconfigured');
  expect(text).toContain('the credential is broken');
  expect(leaks).toEqual([]);
});
