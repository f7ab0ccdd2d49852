import { waitFor } from '@trunkline/testing';
import { codeOf, World } from './support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start({ instances: 3, environment: { TRUNKLINE_REFRESH_SWEEP_INTERVAL_MS: '100', TRUNKLINE_REFRESH_SWEEP_CONCURRENCY: '4', TRUNKLINE_REFRESH_SWEEP_BATCH: '3' } });
});
afterAll(() => world.stop());

const callsWith = (refreshToken: string) => world.provider.calls.filter((call) => call.refreshToken === refreshToken).length;

describe('the sweep', () => {
  it('renews what falls due before anybody asks, each once, shared among the replicas', async () => {
    const connected = await Promise.all(Array.from({ length: 40 }, () => world.connect()));
    await Promise.all(connected.map(({ connectionId }) => world.makeDue(connectionId)));
    await waitFor(async () => (await world.database.query('SELECT 1 FROM tokens.credential WHERE version < 2')).length === 0, { what: 'all to be renewed' });
    expect(connected.map(({ refreshToken }) => callsWith(refreshToken))).toEqual(connected.map(() => 1));
    expect(await world.database.query(`SELECT 1 FROM tokens.credential WHERE lease_owner IS NOT NULL OR status <> 'usable'`)).toEqual([]);
    // Renewed means not due for a while.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await world.database.query('SELECT 1 FROM tokens.credential WHERE version > 2')).toEqual([]);
  });

  it('uses idle refresh tokens once a day', async () => {
    const { connectionId, refreshToken } = await world.connect({}, { expiresInSeconds: null });
    expect(callsWith(refreshToken)).toBe(0);
    await world.set(connectionId, `refresh_due_at = refresh_due_at - interval '24 hours'`);
    await waitFor(() => callsWith(refreshToken) === 1, { what: 'the idle refresh token to be used' });
  });

  it('leaves alone what is disabled, broken, deleted, cooling down or held by another', async () => {
    const states = {
      disabled: `status = 'disabled'`,
      broken: `status = 'broken', status_reason = 'reauth_required'`,
      cooling: `next_attempt_at = now() + interval '1 hour'`,
      held: `lease_owner = 'another', lease_until = now() + interval '1 hour'`,
    };
    const kept = await Promise.all(
      Object.values(states).map(async (assignments) => {
        const connected = await world.connect();
        await world.set(connected.connectionId, assignments);
        await world.makeDue(connected.connectionId);
        return connected;
      }),
    );
    const deleted = await world.connect();
    await world.delete(deleted.connectionId);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect([...kept, deleted].map(({ refreshToken }) => callsWith(refreshToken))).toEqual([0, 0, 0, 0, 0]);
  });

  it('takes over from a holder that died', async () => {
    const { connectionId, refreshToken } = await world.connect();
    await world.set(connectionId, `lease_owner = 'dead', lease_fence = 7, lease_until = now() - interval '1 second', intent_id = 'dead', intent_token_digest = 'of a token that was never sent'`);
    await world.makeDue(connectionId);
    await waitFor(async () => (await world.row(connectionId)).version === 2, { what: 'the takeover' });
    expect(callsWith(refreshToken)).toBe(1);
  });

  it('says of a token that died without a way to renew it that a person must connect again', async () => {
    const { connectionId } = await world.connect({}, { refreshToken: null });
    await world.set(connectionId, `access_expires_at = now() - interval '1 second', refresh_due_at = now() - interval '1 second'`);
    expect(await world.waitForEvent('broken', connectionId)).toMatchObject({ reason: 'reauth_required' });
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CREDENTIAL_NEEDS_RECONNECT');
  });

  it('is not held up by one provider that is slow', async () => {
    const slow = await world.connect();
    const hold = world.provider.hold();
    await world.makeDue(slow.connectionId);
    await hold.arrived;
    const others = await Promise.all(Array.from({ length: 12 }, () => world.connect()));
    await Promise.all(others.map(({ connectionId }) => world.makeDue(connectionId)));
    await waitFor(async () => (await Promise.all(others.map(({ connectionId }) => world.row(connectionId)))).every(({ version }) => version === 2), { what: 'the others to be renewed' });
    hold.release();
    await waitFor(async () => (await world.row(slow.connectionId)).version === 2, { what: 'the slow one' });
  });
});

describe('many at once', () => {
  it('are shared by three replicas, and each refresh token is used once', async () => {
    const count = 500;
    const connected = [];
    for (let made = 0; made < count; made += 20) connected.push(...(await Promise.all(Array.from({ length: 20 }, () => world.connect()))));
    const ids = connected.map(({ connectionId }) => connectionId);
    const before = world.provider.calls.length;
    await world.database.query(`UPDATE tokens.credential SET refresh_due_at = now() - interval '1 second', stored_at = now() - interval '1 hour' WHERE connection_id = ANY($1)`, [ids]);
    const left = async () => (await world.database.query('SELECT 1 FROM tokens.credential WHERE connection_id = ANY($1) AND version < 2', [ids])).length;
    await waitFor(async () => (await left()) === 0, { what: 'all to be renewed', timeoutMs: 60_000, intervalMs: 200 });
    const used = world.provider.calls.slice(before).map(({ refreshToken }) => refreshToken);
    expect(used).toHaveLength(count);
    expect(new Set(used)).toEqual(new Set(connected.map(({ refreshToken }) => refreshToken)));
    expect(await world.database.query(`SELECT 1 FROM tokens.credential WHERE connection_id = ANY($1) AND (version <> 2 OR lease_owner IS NOT NULL OR status <> 'usable')`, [ids])).toEqual([]);
  }, 120_000);
});

it('logs nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
});
