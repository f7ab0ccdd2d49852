import { createHash } from 'node:crypto';
import { credentials } from '@trunkline/contracts';
import { startLossyRelay, waitFor } from '@trunkline/testing';
import type { Rotation } from './support/scripted-provider.js';
import { codeOf, failureOf, World, type Connected } from './support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start({ instances: 2 });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.provider.rotation = 'strict';
});

/** The frozen replica's callers join its flight; asks until one of the other replica's gets an answer. */
const successorsToken = (connectionId: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const ask = () => world.resolve({ connectionId }).then(({ token }) => resolve(token!.reveal()), reject);
    const asking = setInterval(() => void ask(), 50);
    void ask();
    setTimeout(() => clearInterval(asking), 2_000);
  });

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** What a process leaves behind that dies between the provider's answer and the commit: the tokens are exchanged, the intent is open. */
async function dieBeforeCommit(connected: Connected): Promise<void> {
  await fetch(`${world.provider.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('client-of-the-test:canary_client_secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: connected.refreshToken }),
  });
  await world.expire(connected.connectionId);
  await world.set(
    connected.connectionId,
    `lease_owner = 'dead', lease_fence = lease_fence + 1, lease_until = now() - interval '1 second',
     intent_id = 'dead', intent_token_digest = '${digest(connected.refreshToken)}', intent_at = now() - interval '45 seconds'`,
  );
}

describe('died between the answer and the commit', () => {
  it.each<Rotation>(['grace', 'none'])('costs nothing with a provider that takes the old refresh token once more (%s)', async (rotation) => {
    world.provider.rotation = rotation;
    const connected = await world.connect();
    await dieBeforeCommit(connected);
    const reply = await world.resolve({ connectionId: connected.connectionId });
    expect(world.provider.accepts(reply.token!.reveal())).toBe(true);
    expect(await world.row(connected.connectionId)).toMatchObject({ status: 'usable', intent_id: null, intent_token_digest: null });
  });

  it('is told once and plainly with a strict provider: refresh_outcome_unknown, no further calls', async () => {
    const connected = await world.connect();
    await dieBeforeCommit(connected);
    const before = world.provider.calls.length;
    const failure = await failureOf(world.resolve({ connectionId: connected.connectionId }));
    expect(failure).toMatchObject({ code: 'CREDENTIAL_NEEDS_RECONNECT', params: { reason: 'refresh_outcome_unknown' } });
    expect(world.provider.calls.length - before).toBe(1);
    expect(await world.waitForEvent('broken', connected.connectionId)).toMatchObject({ reason: 'refresh_outcome_unknown', credentialVersion: 1 });
    await codeOf(world.resolve({ connectionId: connected.connectionId }));
    expect(world.provider.calls.length - before).toBe(1);
    expect(world.told('broken', connected.connectionId)).toHaveLength(1);
  });

  it('keeps the intent open while the provider is in trouble, so that the reason is still known afterwards', async () => {
    const connected = await world.connect();
    await dieBeforeCommit(connected);
    world.provider.script({ status: 503 });
    expect(await codeOf(world.resolve({ connectionId: connected.connectionId }))).toBe('PROVIDER_UNAVAILABLE');
    expect((await world.row(connected.connectionId)).intent_token_digest).toBe(digest(connected.refreshToken));
    await world.passCooldown(connected.connectionId);
    expect((await failureOf(world.resolve({ connectionId: connected.connectionId }))).params.reason).toBe('refresh_outcome_unknown');
  });

  it('says the same when the answer was lost on the way instead of the process', async () => {
    const connected = await world.connect();
    await world.expire(connected.connectionId);
    world.provider.script({ status: 0, cut: true, exchanged: true });
    expect(await codeOf(world.resolve({ connectionId: connected.connectionId }))).toBe('PROVIDER_UNAVAILABLE');
    expect(await world.row(connected.connectionId)).toMatchObject({ status: 'usable', failures: 1, intent_token_digest: digest(connected.refreshToken) });
    await world.passCooldown(connected.connectionId);
    expect((await failureOf(world.resolve({ connectionId: connected.connectionId }))).params.reason).toBe('refresh_outcome_unknown');
  });
});

describe('a holder that comes back from a long pause', () => {
  it('cannot write over what its successor stored; its late token is revoked and the living grant is not touched', async () => {
    world.provider.rotation = 'grace';
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const frozen = world.provider.hold();
    const first = world.resolve({ connectionId });
    await frozen.arrived;
    await world.set(connectionId, `lease_until = now() - interval '1 second'`);
    const successor = await successorsToken(connectionId);
    const stored = await world.row(connectionId);
    frozen.release();

    // Whoever waited for the frozen one gets the successor's token.
    expect((await first).token!.reveal()).toBe(successor);
    const late = await waitFor(() => world.provider.calls.find(({ accessToken }) => accessToken !== undefined && accessToken !== successor && world.provider.revoked.some(({ token }) => token === accessToken)), {
      what: 'the late token to be revoked',
    });
    expect(world.provider.revoked.find(({ token }) => token === late.accessToken)?.hint).toBe('access_token');
    expect(world.provider.accepts(late.accessToken!)).toBe(false);
    const after = await world.row(connectionId);
    expect(after).toMatchObject({ version: stored.version, status: 'usable', settled_intent_id: stored.settled_intent_id });
    expect(after.sealed).toEqual(stored.sealed);
    expect(world.provider.accepts(successor)).toBe(true);
    // The grant lives: it can be renewed again.
    await world.expire(connectionId);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
    expect(world.told('revoked', connectionId)).toEqual([]);
  });

  it('sends nothing when its lease is nearly over: the refresh token may be in use elsewhere by then', async () => {
    const other = await World.start();
    try {
      const { connectionId } = await other.connect();
      await other.expire(connectionId);
      const reveal = other.holdReveal();
      const reply = other.resolve({ connectionId });
      await reveal.arrived;
      await other.set(connectionId, `lease_until = now() + interval '5 seconds'`);
      reveal.release();
      await waitFor(async () => (await other.row(connectionId)).lease_fence === 2, { what: 'a new lease' });
      expect(other.provider.accepts((await reply).token!.reveal())).toBe(true);
      expect(other.provider.calls).toHaveLength(1);
      expect(await other.row(connectionId)).toMatchObject({ version: 2, lease_fence: 2 });
    } finally {
      await other.stop();
    }
  });

  it('cannot declare broken what its successor renewed', async () => {
    world.provider.rotation = 'grace';
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const frozen = world.provider.hold();
    world.provider.script({ status: 400, body: { error: 'invalid_grant' } });
    const first = codeOf(world.resolve({ connectionId }));
    await frozen.arrived;
    await world.set(connectionId, `lease_until = now() - interval '1 second'`);
    await waitFor(async () => {
      void world.resolve({ connectionId }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return (await world.row(connectionId)).version === 2;
    }, { what: 'the successor to renew' });
    frozen.release();
    expect(await first).toBe('none');
    expect((await world.row(connectionId)).status).toBe('usable');
    expect(world.told('broken', connectionId)).toEqual([]);
  });
});

describe('trouble with our own database', () => {
  it('keeps the answer while the database is away, and stores it when it is back', async () => {
    const other = await World.start({ instances: 0 });
    const postgres = await startLossyRelay(other.database.url);
    try {
      await other.addService({}, postgres.url);
      const { connectionId } = await other.connect();
      await other.expire(connectionId);
      const hold = other.provider.hold();
      const reply = other.resolve({ connectionId });
      await hold.arrived;
      postgres.reachable(false);
      hold.release();
      await waitFor(async () => (await other.logs()).text.includes('could not be written yet'), { what: 'the first vain write' });
      expect(await codeOf(other.resolve({ connectionId }))).toBe('SERVICE_UNAVAILABLE');
      expect((await other.row(connectionId)).version).toBe(1);
      postgres.reachable(true);
      expect(other.provider.accepts((await reply).token!.reveal())).toBe(true);
      expect(await other.row(connectionId)).toMatchObject({ version: 2, status: 'usable', intent_id: null });
      expect(other.provider.calls).toHaveLength(1);
      expect((await other.logs()).leaks).toEqual([]);
    } finally {
      await other.stop();
      await postgres.close();
    }
  });

  it('knows its own commit again when the answer to it was lost: nothing is revoked, nothing stored twice', async () => {
    const other = await World.start({ instances: 0 });
    const postgres = await startLossyRelay(other.database.url);
    try {
      await other.addService({}, postgres.url);
      const { connectionId } = await other.connect();
      await other.expire(connectionId);
      postgres.loseAnswerAfter('last_refreshed_at = clock_timestamp()');
      const reply = await other.resolve({ connectionId });
      expect(postgres.lost()).toBe(1);
      expect(other.provider.accepts(reply.token!.reveal())).toBe(true);
      expect(await other.row(connectionId)).toMatchObject({ version: 2, status: 'usable', intent_id: null });
      expect(other.provider.calls).toHaveLength(1);
      await other.waitForEvent('refreshed', connectionId);
      expect(other.told('refreshed', connectionId)).toHaveLength(1);
      expect(await other.database.query('SELECT 1 FROM tokens.revocation')).toEqual([]);
      expect(other.provider.revoked).toEqual([]);
    } finally {
      await other.stop();
      await postgres.close();
    }
  });
});

describe('a service that is stopped', () => {
  it('finishes the refresh it has begun, and stores it', async () => {
    const lonely = await World.start();
    try {
      const { connectionId } = await lonely.connect();
      await lonely.expire(connectionId);
      const hold = lonely.provider.hold();
      const reply = lonely.client.rpc.call(credentials.resolve, { principal: lonely.principal(), connectionId });
      await hold.arrived;
      let closed = false;
      const closing = lonely.services[0]!.close().then(() => (closed = true));
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(closed).toBe(false);
      hold.release();
      await closing;
      expect((await reply).warning).toBeNull();
      expect(await lonely.row(connectionId)).toMatchObject({ version: 2, lease_owner: null, intent_id: null });
      expect((await lonely.logs()).leaks).toEqual([]);
    } finally {
      await lonely.stop();
    }
  });

  it('does not let go of a refresh that nobody waits for', async () => {
    const lonely = await World.start();
    try {
      const { connectionId } = await lonely.connect();
      await lonely.makeDue(connectionId);
      const hold = lonely.provider.hold();
      await lonely.resolve({ connectionId });
      await hold.arrived;
      const closing = lonely.services[0]!.close();
      setTimeout(() => hold.release(), 300);
      await closing;
      expect(await lonely.row(connectionId)).toMatchObject({ version: 2, lease_owner: null });
    } finally {
      await lonely.stop();
    }
  });
});

it('logs nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
});
