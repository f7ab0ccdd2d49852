import { createHash } from 'node:crypto';
import { newId, Secret } from '@trunkline/contracts';
import { goodKey } from './support/scripted-provider.js';
import { codeOf, failureOf, World } from './support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start({ instances: 2 });
});
afterAll(() => world.stop());

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const tokenOf = async (connectionId: string, rejected?: string) => {
  const { credential } = await world.lease(connectionId, rejected);
  return credential.type === 'OAUTH2' ? credential.accessToken.reveal() : null;
};

describe('lease', () => {
  it('gives a worker the token with what it needs to use it', async () => {
    const { connectionId, accessToken } = await world.connect();
    const reply = await world.lease(connectionId);
    expect(reply).toMatchObject({ connector: 'sandbox_crm', inputs: {}, credential: { type: 'OAUTH2', tokenType: 'Bearer' } });
    expect(await tokenOf(connectionId)).toBe(accessToken);
  });

  it('gives keys in the form they were entered', async () => {
    const connectionId = newId('connection');
    await world.put({ connectionId, credential: { type: 'SECRET_TEXT', secretText: new Secret(goodKey) } });
    const { credential, expiresAt } = await world.lease(connectionId, digest(goodKey));
    expect(credential.type === 'SECRET_TEXT' && credential.secretText.reveal()).toBe(goodKey);
    expect(expiresAt).toBeNull();
  });

  it('renews a rejected token once, for however many workers met the 401', async () => {
    const { connectionId, accessToken } = await world.connect();
    const before = world.provider.calls.length;
    const tokens = new Set(await Promise.all(Array.from({ length: 30 }, () => tokenOf(connectionId, digest(accessToken)))));
    expect(tokens.size).toBe(1);
    expect(tokens.has(accessToken)).toBe(false);
    expect(world.provider.calls.length - before).toBe(1);
    // A straggler with the old value costs nothing.
    expect(await tokenOf(connectionId, digest(accessToken))).toBe([...tokens][0]);
    expect(world.provider.calls.length - before).toBe(1);
  });

  it('does not ask again for the same value when the provider keeps handing it out', async () => {
    const { connectionId, accessToken } = await world.connect();
    world.provider.repeatsAccessToken = true;
    const before = world.provider.calls.length;
    for (let index = 0; index < 5; index += 1) expect(await tokenOf(connectionId, digest(accessToken))).toBe(accessToken);
    expect(world.provider.calls.length - before).toBe(1);
    world.provider.repeatsAccessToken = false;
  });

  it('makes the worker wait instead of giving it the rejected token again when the renewal fails', async () => {
    const { connectionId, accessToken } = await world.connect();
    world.provider.script({ status: 503 });
    expect(await codeOf(world.lease(connectionId, digest(accessToken)))).toBe('PROVIDER_UNAVAILABLE');
    const failure = await failureOf(world.lease(connectionId, digest(accessToken)));
    expect(failure).toMatchObject({ code: 'CREDENTIAL_COOLDOWN' });
    // Others, who know of no 401, are served.
    expect(await tokenOf(connectionId)).toBe(accessToken);
    await world.passCooldown(connectionId);
    expect(await tokenOf(connectionId, digest(accessToken))).not.toBe(accessToken);
  });

  it('hands on a rejected token that cannot be renewed: the run says what came of it', async () => {
    const { connectionId, accessToken } = await world.connect({}, { refreshToken: null });
    expect(await tokenOf(connectionId, digest(accessToken))).toBe(accessToken);
  });
});

describe('refresh by hand', () => {
  it('says that a key has nothing to refresh', async () => {
    const connectionId = newId('connection');
    await world.put({ connectionId, credential: { type: 'SECRET_TEXT', secretText: new Secret(goodKey) } });
    expect(await codeOf(world.refresh(connectionId))).toBe('INVALID_APP_CONNECTION');
  });

  it('says so when the provider is in trouble, though the token lives', async () => {
    const { connectionId } = await world.connect();
    world.provider.script({ status: 503 });
    expect(await codeOf(world.refresh(connectionId))).toBe('PROVIDER_UNAVAILABLE');
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
  });

  it('renews whatever the remaining life', async () => {
    const { connectionId, accessToken } = await world.connect();
    const reply = await world.refresh(connectionId);
    expect(reply).toMatchObject({ connectionId, connector: 'sandbox_crm', refreshed: true });
    expect(await tokenOf(connectionId)).not.toBe(accessToken);
  });
});

it('logs nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
});
