import { waitFor } from '@trunkline/testing';
import { codeOf, failureOf, World } from './support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start({ instances: 2, environment: { TRUNKLINE_PROBE_INTERVAL_MS: '100', TRUNKLINE_CREDENTIAL_EXPIRING_INTERVAL_MS: '100' } });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.provider.rotation = 'strict';
});

/** Long enough for either replica to have looked twice. */
const afterTwoLooks = () => new Promise((resolve) => setTimeout(resolve, 600));
const callsWith = (refreshToken: string) => world.provider.calls.filter((call) => call.refreshToken === refreshToken).length;

async function breakIt(): Promise<{ connectionId: string; refreshToken: string }> {
  const connected = await world.connect();
  await world.expire(connected.connectionId);
  world.provider.script({ status: 400, body: { error: 'invalid_grant' } });
  expect(await codeOf(world.resolve({ connectionId: connected.connectionId }))).toBe('CREDENTIAL_NEEDS_RECONNECT');
  return connected;
}

describe('what is broken', () => {
  it('is tried once more after a day, and works again if the provider took its refusal back', async () => {
    const { connectionId, refreshToken } = await breakIt();
    await world.set(connectionId, `broken_at = now() - interval '23 hours 59 minutes'`);
    await afterTwoLooks();
    expect(callsWith(refreshToken)).toBe(1);
    await world.set(connectionId, `broken_at = now() - interval '30 hours 1 minute'`);
    await waitFor(async () => (await world.row(connectionId)).status === 'usable', { what: 'the credential to work again' });
    expect(callsWith(refreshToken)).toBe(2);
    expect(await world.row(connectionId)).toMatchObject({ status_reason: null, version: 2, broken_at: null, failures: 0, lease_owner: null });
    // A newer version than the one that was called broken: by that the registry knows that the connection recovered.
    expect(await world.waitForEvent('refreshed', connectionId)).toMatchObject({ credentialVersion: 2 });
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
  });

  it.each([
    ['is refused again', { status: 400, body: { error: 'invalid_grant' } }],
    ['meets a provider in trouble', { status: 503 }],
  ])('that %s stays broken, tells nothing new, and is left alone for another day', async (_, answer) => {
    const { connectionId, refreshToken } = await breakIt();
    world.provider.script(answer);
    await world.set(connectionId, `broken_at = now() - interval '40 days'`);
    await waitFor(async () => callsWith(refreshToken) === 2 && (await world.row(connectionId)).lease_owner === null, { what: 'the probe' });
    await afterTwoLooks();
    expect(callsWith(refreshToken)).toBe(2);
    expect(await world.row(connectionId)).toMatchObject({ status: 'broken', status_reason: 'reauth_required', version: 1 });
    expect(world.told('broken', connectionId)).toHaveLength(1);
    await world.set(connectionId, `probed_at = now() - interval '23 hours'`);
    await afterTwoLooks();
    expect(callsWith(refreshToken)).toBe(2);
  });

  it('is not tried while it is disabled, nor where nothing can renew it', async () => {
    const { connectionId, refreshToken } = await breakIt();
    await world.configure(connectionId, 2, { enabled: false });
    await world.set(connectionId, `broken_at = now() - interval '40 days'`);
    const other = await breakIt();
    await world.set(other.connectionId, `refreshable = false, broken_at = now() - interval '40 days'`);
    await afterTwoLooks();
    expect([callsWith(refreshToken), callsWith(other.refreshToken)]).toEqual([1, 1]);
  });
});

describe('what ends', () => {
  const day = 86_400;
  const told = (connectionId: string) => world.told('expiring', connectionId);

  it('is told once, seven days before, by one replica', async () => {
    const { connectionId } = await world.connect({}, { refreshExpiresInSeconds: 60 * day });
    await afterTwoLooks();
    expect(told(connectionId)).toEqual([]);
    await world.set(connectionId, `refresh_expires_at = now() + interval '6 days 23 hours'`);
    expect(await world.waitForEvent('expiring', connectionId)).toMatchObject({ what: 'refresh', credentialVersion: 1, connector: 'sandbox_crm', projectId: world.projectId });
    // The same end, counted anew from another answer.
    await world.set(connectionId, `refresh_expires_at = refresh_expires_at + interval '2 seconds'`);
    await afterTwoLooks();
    expect(told(connectionId)).toHaveLength(1);
    await world.set(connectionId, `refresh_expires_at = refresh_expires_at + interval '40 days', expiring_told_for = expiring_told_for - interval '30 days'`);
    await world.set(connectionId, `refresh_expires_at = now() + interval '3 days'`);
    await waitFor(() => told(connectionId).length === 2, { what: 'the new end to be told' });
  });

  it('is told of an access token that nothing renews, and of none that is renewed', async () => {
    const alone = await world.connect({}, { expiresInSeconds: 60 * day, refreshToken: null });
    const renewed = await world.connect({}, { expiresInSeconds: 60 * day });
    for (const { connectionId } of [alone, renewed]) await world.set(connectionId, `access_expires_at = now() + interval '2 days', refresh_due_at = now() + interval '1 day'`);
    expect(await world.waitForEvent('expiring', alone.connectionId)).toMatchObject({ what: 'access' });
    await afterTwoLooks();
    expect(told(renewed.connectionId)).toEqual([]);
  });

  it('is told at most half a life before', async () => {
    const { connectionId } = await world.connect({}, { refreshExpiresInSeconds: 2 * day });
    await afterTwoLooks();
    expect(told(connectionId)).toEqual([]);
    await world.set(connectionId, `refresh_expires_at = now() + interval '23 hours'`);
    await world.waitForEvent('expiring', connectionId);
  });

  it('is counted anew by a refresh whose answer says so, and by connecting again', async () => {
    const { connectionId } = await world.connect({}, { refreshExpiresInSeconds: 5 });
    expect(Number((await world.row(connectionId)).refresh_lifetime_seconds)).toBe(5);
    await world.connect({ connectionId });
    expect(await world.row(connectionId)).toMatchObject({ refresh_expires_at: null, expiring_told_for: null });
  });
});

describe('a token that is exchanged for its own successor', () => {
  it('is renewed a week before it ends at the latest, its end is known, and the same token as an answer is no trouble', async () => {
    const { accessToken } = world.provider.consent();
    const connected = await world.connect({ credential: world.grant({ accessToken, refreshToken: accessToken }, { expiresInSeconds: 60 * 86_400 }) });
    const row = await world.row(connected.connectionId);
    expect(row.refresh_expires_at).toEqual(row.access_expires_at);
    world.provider.script({ status: 200, body: { access_token: accessToken, refresh_token: accessToken, token_type: 'Bearer', expires_in: 60 * 86_400 } });
    await world.makeDue(connected.connectionId, 7 * 86_400);
    await world.resolve({ connectionId: connected.connectionId });
    await waitFor(async () => (await world.row(connected.connectionId)).version === 2, { what: 'the exchange' });
    const after = await world.row(connected.connectionId);
    expect(after).toMatchObject({ status: 'usable', failures: 0, suspect_token_digest: null });
    expect((after.access_expires_at as Date).getTime() - Date.now()).toBeGreaterThan(59 * 86_400_000);
    expect((await world.resolve({ connectionId: connected.connectionId })).token!.reveal()).toBe(accessToken);
  });
});

it('hands out no other token than the named one', async () => {
  const { connectionId } = await world.connect();
  expect(await failureOf(world.resolve({ connectionId, tokenName: 'user' }))).toMatchObject({ code: 'ENTITY_NOT_FOUND', params: { entityId: 'user', tokenNames: [] } });
});

it('logs nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
});
