import { createHash } from 'node:crypto';
import { waitFor } from '@trunkline/testing';
import type { ScriptedAnswer } from './support/scripted-provider.js';
import { codeOf, failureOf, World } from './support/world.js';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

describe('three replicas', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ instances: 3 });
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    world.provider.rotation = 'strict';
    world.provider.expiresIn = 3_600;
  });

  it('make one call for fifty reports of one rejected token, and for verifications that meet the 401 themselves', async () => {
    const { connectionId, accessToken } = await world.connect();
    world.provider.forget(accessToken);
    const before = world.provider.calls.length;
    const reports = Array.from({ length: 50 }, () => world.lease(connectionId, digest(accessToken)));
    const verifications = Array.from({ length: 10 }, () => world.verify(connectionId));
    const tokens = new Set((await Promise.all(reports)).map(({ credential }) => (credential.type === 'OAUTH2' ? credential.accessToken.reveal() : '')));
    expect((await Promise.all(verifications)).map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => 'verified'));
    expect(tokens.size).toBe(1);
    expect(tokens.has(accessToken)).toBe(false);
    expect(world.provider.calls).toHaveLength(before + 1);
    expect(await world.row(connectionId)).toMatchObject({ version: 2, status: 'usable' });
  }, 60_000);

  it.each([
    ['as text', '3600', 3_600],
    ['0', 0, null],
    ['negative', -5, null],
    ['missing', undefined, null],
    ['null', null, null],
    ['a fraction', 3_599.9, 3_599],
    ['a small fraction', 0.5, null],
    ['huge', 1e300, 315_360_000],
    ['more than the clock holds', 9_007_199_254_740_993, 315_360_000],
    ['no number', 'soon', null],
    ['an object', {}, null],
  ])('store a sane schedule for an expires_in that is %s, and do not refresh at every read', async (_, expiresIn, lifetime) => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    world.provider.expiresIn = expiresIn;
    const before = world.provider.calls.length;
    await world.resolve({ connectionId });
    for (let read = 0; read < 10; read += 1) await world.resolve({ connectionId, minimumSeconds: 60 });
    expect(world.provider.calls).toHaveLength(before + 1);
    const row = await world.row(connectionId);
    expect(row).toMatchObject({ version: 2, status: 'usable', access_lifetime_seconds: lifetime });
    const dueInSeconds = ((row.refresh_due_at as Date).getTime() - Date.now()) / 1_000;
    expect(dueInSeconds).toBeGreaterThan(1_000);
    expect(dueInSeconds).toBeLessThan(25 * 3_600);
    expect(lifetime === null ? row.access_expires_at : Number((row.access_expires_at as Date) > new Date())).toBe(lifetime === null ? null : 1);
  });

  it.each<[string, ScriptedAnswer]>([
    ['500', { status: 500 }],
    ['503 with HTML', { status: 503, body: '<html>away</html>' }],
    ['a cut connection', { status: 0, cut: true }],
    ['429 without Retry-After', { status: 429 }],
    ['429 with Retry-After: 0', { status: 429, headers: { 'retry-after': '0' } }],
    ['429 with Retry-After: -5', { status: 429, headers: { 'retry-after': '-5' } }],
    ['429 with Retry-After: 999999999', { status: 429, headers: { 'retry-after': '999999999' } }],
    ['429 with Retry-After: 120', { status: 429, headers: { 'retry-after': '120' } }],
    ['429 with a fraction', { status: 429, headers: { 'retry-after': '150.5' } }],
    ['429 with a date', { status: 429, headers: { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() } }],
    ['429 with a far date', { status: 429, headers: { 'retry-after': 'Fri, 31 Dec 2100 23:59:59 GMT' } }],
    ['429 with something unreadable', { status: 429, headers: { 'retry-after': 'later' } }],
    ['429 with a list', { status: 429, headers: { 'retry-after': '120, 240' } }],
  ])('half an hour of %s costs at most twelve calls; the living token is served with a warning and the status never changes', async (_, answer) => {
    const { connectionId, accessToken } = await world.connect();
    await world.makeDue(connectionId, 1_800);
    const before = world.provider.calls.length;
    let minutes = 0;
    while (minutes < 30) {
      world.provider.script(answer);
      const { token, warning } = await world.resolve({ connectionId, minimumSeconds: 3_200 });
      expect(token!.reveal()).toBe(accessToken);
      expect(warning).toMatch(/could not be renewed just now/);
      expect((await world.row(connectionId)).status).toBe('usable');
      // Nobody is asked again before the pause is over; then that much time has passed.
      await world.resolve({ connectionId, minimumSeconds: 3_200 });
      const [pause] = await world.database.query<{ seconds: number }>(
        `SELECT extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS seconds FROM tokens.credential WHERE connection_id = $1`, [connectionId]);
      minutes += pause!.seconds / 60;
      await world.set(connectionId, 'next_attempt_at = now()');
    }
    const calls = world.provider.calls.length - before;
    expect(calls).toBeGreaterThan(0);
    expect(calls).toBeLessThanOrEqual(12);
    expect(world.told('broken', connectionId)).toEqual([]);
    world.provider.rotation = 'grace';
    await world.refresh(connectionId);
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', version: 2, failures: 0 });
  });

  it('survive one invalid_grant of a race of their own', async () => {
    const { connectionId } = await world.connect();
    await world.set(connectionId, `access_expires_at = now() - interval '1 second', refresh_due_at = now() - interval '1 minute'`);
    world.provider.script({ status: 400, body: { error: 'invalid_grant' } });
    expect(await codeOf(world.resolve({ connectionId }))).toBe('PROVIDER_UNAVAILABLE');
    await world.passCooldown(connectionId);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', version: 2, refused_token_digest: null });
    expect(world.told('broken', connectionId)).toEqual([]);
  });

  it('log nothing secret', async () => {
    expect((await world.logs()).leaks).toEqual([]);
  });
});

describe('a replica that is a process of its own', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start({ instances: 0 });
  });
  afterEach(() => world.stop());

  it('frozen between the answer and the commit, is followed by another; its token is revoked and the connection works', async () => {
    world.provider.rotation = 'grace';
    const frozen = world.startOutside();
    await world.answering();
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const hold = world.provider.hold();
    void codeOf(world.resolve({ connectionId }));
    await hold.arrived;
    process.kill(frozen.pid, 'SIGSTOP');
    hold.release();
    await waitFor(() => world.provider.calls.length === 1, { what: 'the provider to answer' });
    const late = world.provider.calls[0]!.accessToken!;
    const service = await world.addService();
    // The frozen one is asked too (a queue group does not know): what is asked of the living one is answered.
    await world.set(connectionId, `lease_until = now() - interval '1 second'`);
    const asking = setInterval(() => void codeOf(world.resolve({ connectionId })), 100);
    await waitFor(async () => (await world.row(connectionId)).version === 2, { timeoutMs: 30_000, what: 'the successor to renew' }).finally(() => clearInterval(asking));
    const stored = await world.row(connectionId);
    process.kill(frozen.pid, 'SIGCONT');
    await waitFor(() => world.provider.revoked.some(({ token }) => token === late), { timeoutMs: 30_000, what: 'the late token to be revoked' });
    expect(await world.row(connectionId)).toMatchObject({ version: 2, status: 'usable', settled_intent_id: stored.settled_intent_id });
    await frozen.kill('SIGKILL');
    const { token } = await world.resolve({ connectionId });
    expect(token!.reveal()).not.toBe(late);
    expect(world.provider.accepts(token!.reveal())).toBe(true);
    expect(world.provider.calls).toHaveLength(2);
    await service.close();
  }, 120_000);

  it.each(['grace', 'strict'] as const)('killed between the answer and the commit, is followed within 65 seconds (%s)', async (rotation) => {
    world.provider.rotation = rotation;
    const program = world.startOutside();
    await world.answering();
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const hold = world.provider.hold();
    void codeOf(world.resolve({ connectionId }));
    await hold.arrived;
    await program.kill('SIGKILL');
    hold.release();
    await waitFor(() => world.provider.calls.length === 1, { what: 'the provider to exchange the token' });
    const [row] = await world.database.query<{ left: number }>('SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 AS left FROM tokens.credential WHERE connection_id = $1', [connectionId]);
    // The lease, and the sweep's next look.
    expect(row!.left + 5).toBeLessThanOrEqual(65);
    await world.set(connectionId, `lease_until = now() - interval '1 second'`);
    await world.addService({ TRUNKLINE_REFRESH_SWEEP_INTERVAL_MS: '100' });
    if (rotation === 'grace') {
      await waitFor(async () => (await world.row(connectionId)).version === 2, { what: 'the sweep to renew' });
      expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
    } else {
      expect(await world.waitForEvent('broken', connectionId)).toMatchObject({ reason: 'refresh_outcome_unknown' });
      for (let asked = 0; asked < 5; asked += 1) expect((await failureOf(world.resolve({ connectionId }))).params.reason).toBe('refresh_outcome_unknown');
    }
    expect(world.provider.calls).toHaveLength(2);
  }, 120_000);

  it.each([
    ['ten minutes ahead', 600_000],
    ['ten minutes behind', -600_000],
    ['a day behind', -86_400_000],
  ])('whose clock is %s refreshes neither too early nor too late, and stores the right end', async (_, shift) => {
    const clock = new URL('support/shifted-clock.mjs', import.meta.url).href;
    world.startOutside({ TRUNKLINE_TEST_CLOCK_SHIFT_MS: String(shift) }, world.database.url, [clock]);
    await world.answering();
    const { connectionId } = await world.connect();
    const lifeOf = async () => (((await world.row(connectionId)).access_expires_at as Date).getTime() - Date.now()) / 1_000;
    expect(Math.abs((await lifeOf()) - 3_600)).toBeLessThan(20);
    for (let read = 0; read < 5; read += 1) await world.resolve({ connectionId, minimumSeconds: 3_000 });
    expect(world.provider.calls).toHaveLength(0);
    // Eight minutes of life left: a clock ten minutes ahead would call it dead, and wait for a new one.
    await world.set(connectionId, `access_expires_at = now() + interval '8 minutes', refresh_due_at = now() + interval '5 minutes'`);
    expect((await world.resolve({ connectionId })).warning).toBeNull();
    expect(world.provider.calls).toHaveLength(0);
    // Five minutes dead: a clock ten minutes behind would hand it out.
    await world.set(connectionId, `access_expires_at = now() - interval '5 minutes', refresh_due_at = now() - interval '6 minutes'`);
    const hold = world.provider.hold();
    const reply = world.resolve({ connectionId });
    await hold.arrived;
    const [lease] = await world.database.query<{ left: number }>('SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 AS left FROM tokens.credential WHERE connection_id = $1', [connectionId]);
    expect(Math.abs(lease!.left - 40)).toBeLessThan(10);
    hold.release();
    expect(Math.abs(Date.parse((await reply).expiresAt!) - Date.now() - 3_600_000)).toBeLessThan(20_000);
    expect(Math.abs((await lifeOf()) - 3_600)).toBeLessThan(20);
    expect(world.provider.calls).toHaveLength(1);
  }, 120_000);
});
