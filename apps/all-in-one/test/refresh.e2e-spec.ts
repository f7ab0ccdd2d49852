import { waitFor, type ScriptedAnswer } from '@trunkline/testing';
import { RefreshWorld, type Connected } from './refresh-world.js';
import { ResultsTable } from './results-table.js';
import { createTenant } from './stack.js';

/** CORRECTNESS 2.1 through the whole product: gateway, NATS, three token refreshers, PostgreSQL, and a platform that is as strict as can be. */
let world: RefreshWorld;
const table = new ResultsTable('refresh', 'rounds', 'asked', 'provider calls', 'most at once', 'verdict', 'outcome');
beforeAll(async () => {
  world = await RefreshWorld.start();
}, 120_000);
afterAll(async () => {
  table.print();
  await world?.stop();
}, 60_000);

/** Everybody asks at once; exactly one token comes of it, and the platform takes it. */
async function askTogether({ id, grant }: Connected, ask: () => Promise<Awaited<ReturnType<RefreshWorld['resolve']>>>[]): Promise<number> {
  const before = grant.calls;
  await world.expire(id);
  const answers = await Promise.all(ask());
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const tokens = [...new Set(answers.map(({ body }) => body.token))];
  expect(tokens).toHaveLength(1);
  expect(world.platform.grants.ownerOf(tokens[0]!)).toBe(grant);
  return grant.calls - before;
}

describe('races', () => {
  it('200 resolves at expiry, three replicas: one refresh, a hundred times', async () => {
    world.platform.rotation = 'strict';
    const connected = await world.connect();
    await table.try(['200 resolves at expiry on 3 replicas, strict rotation', '100', '20000'], async () => {
      const calls: number[] = [];
      for (let round = 0; round < 100; round += 1) calls.push(await askTogether(connected, () => Array.from({ length: 200 }, () => world.resolve(connected.id))));
      expect(calls).toEqual(calls.map(() => 1));
      expect(connected.grant.mostInFlight).toBe(1);
      return 'one call a round, all 200 the same token';
    }).finally(() => table.insert(3, String(connected.grant.calls), String(connected.grant.mostInFlight)));
  }, 180_000);

  it('a connection of the platform in 20 projects: one refresh', async () => {
    const tenants = await Promise.all(Array.from({ length: 20 }, () => createTenant(world.stack)));
    const connected = await world.connectShared(tenants.map(({ projectId }) => projectId));
    await table.try(['one platform connection, 20 projects × 10 resolves', '20', '4000'], async () => {
      for (let round = 0; round < 20; round += 1) {
        expect(await askTogether(connected, () => tenants.flatMap(({ key }) => Array.from({ length: 10 }, () => world.resolve(connected.id, key))))).toBe(1);
      }
      return 'one call a round';
    }).finally(() => table.insert(3, String(connected.grant.calls), String(connected.grant.mostInFlight)));
  }, 120_000);
});

describe('a platform that is slow or in trouble', () => {
  it('holds its answer back for 60 s while others ask: never two requests at once, and the answer counts', async () => {
    const connected = await world.connect();
    const { id, grant } = connected;
    await table.try(['answer held for 60 s while others ask', '1', '60'], async () => {
      const held = world.platform.hold(grant);
      await world.expire(id);
      const first = world.resolve(id);
      await held.arrived;
      const began = performance.now();
      const others: Promise<{ status: number }>[] = [];
      while (performance.now() - began < 60_000) {
        others.push(world.resolve(id));
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        expect(grant.inFlight).toBe(1);
      }
      expect(grant.calls).toBe(1);
      held.release();
      const [late, ...rest] = await Promise.all([first, ...others]);
      // Who asked early was told to come again (502 or 503); nobody got a dead token.
      expect([late, ...rest].every(({ status }) => [200, 502, 503].includes(status))).toBe(true);
      const { body } = await world.resolveAtLast(id, 15_000);
      expect(world.platform.grants.ownerOf(body.token)).toBe(grant);
      expect([grant.calls, grant.mostInFlight, (await world.row(id)).status]).toEqual([1, 1, 'usable']);
      return 'stored when it came';
    }).finally(() => table.insert(3, String(grant.calls), String(grant.mostInFlight)));
  }, 150_000);

  const trouble: [string, ScriptedAnswer][] = [
    ['500', { status: 500, body: 'oops' }],
    ['502 with HTML', { status: 502, body: '<html>Bad gateway</html>' }],
    ['503, Retry-After a date', { status: 503, headers: { 'retry-after': new Date(Date.now() + 120_000).toUTCString() } }],
    ['429 without Retry-After', { status: 429 }],
    ['429, Retry-After 0', { status: 429, headers: { 'retry-after': '0' } }],
    ['429, Retry-After -5', { status: 429, headers: { 'retry-after': '-5' } }],
    ['429, Retry-After 99999999', { status: 429, headers: { 'retry-after': '99999999' } }],
    ['no answer, the connection is cut', { status: 0, cut: true }],
    ['200 without a token', { status: 200, body: {} }],
    ['200 with HTML', { status: 200, body: '<html>Maintenance</html>' }],
  ];
  it.each(trouble)('30 minutes of %s: at most 12 calls, and nobody is asked to reconnect', async (name, answer) => {
    // Not strict: with an answer that was lost nobody knows whether the token was used up.
    world.platform.rotation = 'grace';
    const { id, grant } = await world.connect();
    world.platform.answer = (request) => (request.grant === grant ? answer : undefined);
    await table.try([`30 min of ${name}`, '1', '-'], async () => {
      await world.expire(id);
      let passed = 0;
      while (passed < 1_800) {
        const before = grant.calls;
        const { status, body } = await world.resolve(id);
        expect([502, 503]).toContain(status);
        expect(body.code).not.toBe('CREDENTIAL_NEEDS_RECONNECT');
        if (grant.calls === before) throw new Error(`no try after ${passed} s, though its time had come: ${JSON.stringify(body)}`);
        const row = await world.row(id);
        expect([row.status, row.status_reason]).toEqual(['usable', null]);
        expect(row.pause_seconds).toBeGreaterThan(0);
        passed += row.pause_seconds!;
        // The pause passes.
        await world.set(id, 'next_attempt_at = now()');
      }
      expect(grant.calls).toBeLessThanOrEqual(12);
      world.platform.answer = () => undefined;
      expect((await world.resolve(id)).status).toBe(200);
      return 'usable all the time, and renewed afterwards';
    }).finally(() => {
      world.platform.answer = () => undefined;
      table.insert(3, String(grant.calls), String(grant.mostInFlight));
    });
  }, 60_000);

  it('serves the token that still lives, with a warning, while the platform is down', async () => {
    const { id, grant } = await world.connect();
    await table.try(['token lives, platform answers 503', '1', '20'], async () => {
      world.platform.answer = () => ({ status: 503 });
      await world.set(id, `access_expires_at = now() + interval '10 minutes'`);
      const answers = await Promise.all(Array.from({ length: 20 }, () => world.resolve(id, world.tenant.key, { minimumSeconds: 3_000 })));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(answers.every(({ body }) => body.warning !== null && grant.accessTokens.has(body.token))).toBe(true);
      return 'served with a warning';
    }).finally(() => {
      world.platform.answer = () => undefined;
      table.insert(3, String(grant.calls), String(grant.mostInFlight));
    });
  });

  it('one invalid_grant that is not true leaves the connection usable', async () => {
    world.platform.rotation = 'strict';
    const { id, grant } = await world.connect();
    await table.try(['one spurious invalid_grant', '1', '2'], async () => {
      let refusals = 1;
      world.platform.answer = (request) => (request.grant === grant && refusals-- > 0 ? { status: 400, body: { error: 'invalid_grant' } } : undefined);
      await world.set(id, `access_expires_at = now() - interval '1 second', refresh_due_at = now() - interval '1 second'`);
      expect((await world.resolve(id)).status).toBeGreaterThanOrEqual(500);
      expect([(await world.row(id)).status, await world.status(id)]).toEqual(['usable', 'ACTIVE']);
      await world.set(id, `next_attempt_at = now(), refused_at = refused_at - interval '1 minute'`);
      expect((await world.resolve(id)).status).toBe(200);
      return 'asked again, usable';
    }).finally(() => {
      world.platform.answer = () => undefined;
      table.insert(3, String(grant.calls), String(grant.mostInFlight));
    });
  });
});

describe('what the platform says of time', () => {
  const lives: [string, unknown][] = [
    ['"3600"', '3600'], ['0', 0], ['-1', -1], ['1e15', 1e15], ['missing', undefined], ['null', null], ['"soon"', 'soon'], ['1.5', 1.5], ['{}', {}],
  ];
  it.each(lives)('expires_in %s: a token comes of it, and not a refresh for each read', async (name, expiresIn) => {
    world.platform.rotation = 'strict';
    const { id, grant } = await world.connect();
    world.platform.expiresIn = expiresIn;
    await table.try([`expires_in ${name}`, '1', '21'], async () => {
      await world.expire(id);
      expect((await world.resolve(id)).status).toBe(200);
      const after = performance.now();
      for (let read = 0; read < 20; read += 1) expect((await world.resolve(id)).status).toBe(200);
      // Only what dies within the reads is renewed between them.
      const mortal = expiresIn === 1.5 ? Math.ceil((performance.now() - after) / 500) + 1 : 0;
      expect(grant.calls).toBeLessThanOrEqual(1 + mortal);
      const { seconds_left: left } = await world.row(id);
      return left === null ? 'life unknown' : `${Math.round(left)} s left`;
    }).finally(() => {
      world.platform.expiresIn = 3_600;
      table.insert(3, String(grant.calls), String(grant.mostInFlight));
    });
  });

  it('a replica whose clock is ten minutes off, either way', async () => {
    const shifted = (ms: number) => ({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`const now = Date.now.bind(Date); const Real = Date; globalThis.Date = class extends Real { constructor(...a) { a.length === 0 ? super(now() + ${ms}) : super(...a); } static now() { return now() + ${ms}; } };`)}`,
    });
    for (const [name, ms] of [['token-refresher.2', 600_000], ['token-refresher.3', -600_000]] as const) {
      await world.stack.kill(name, 'SIGTERM');
      await world.stack.start(name, shifted(ms));
    }
    const { id, grant } = await world.connect();
    await table.try(['clocks of two replicas ±10 min', '1', '160'], async () => {
      // Lives for five minutes more: by one clock dead for long, by the other for long not due.
      await world.set(id, `access_expires_at = now() + interval '5 minutes', access_lifetime_seconds = 3600, refresh_due_at = now() + interval '1 minute'`);
      for (let read = 0; read < 80; read += 1) expect((await world.resolve(id)).body.warning).toBeNull();
      expect(grant.calls).toBeLessThanOrEqual(1);
      const before = grant.calls;
      await world.expire(id);
      const answers = await Promise.all(Array.from({ length: 80 }, () => world.resolve(id)));
      expect(new Set(answers.map(({ body }) => body.token)).size).toBe(1);
      expect(grant.calls - before).toBe(1);
      const { seconds_left: left } = await world.row(id);
      expect(Math.abs(left! - 3_600)).toBeLessThan(30);
      return `expiry stored right (${Math.round(left!)} s)`;
    }).finally(() => table.insert(3, String(grant.calls), String(grant.mostInFlight)));
  }, 60_000);
});

it('a connection deleted while its refresh is under way: the late token is revoked, not stored', async () => {
  world.platform.rotation = 'strict';
  const { id, grant } = await world.connect();
  await table.try(['deleted while the answer is held', '1', '1'], async () => {
    const held = world.platform.hold(grant);
    await world.expire(id);
    const asked = world.resolve(id);
    await held.arrived;
    expect((await world.stack.call('DELETE', `/api/v1/app-connections/${id}`, { key: world.tenant.key })).status).toBe(204);
    held.release();
    expect((await asked).status).toBe(404);
    await waitFor(() => !grant.alive, { what: 'the grant to be ended at the platform', timeoutMs: 30_000 });
    const [row] = await world.stack.database.query<{ sealed: Buffer | null }>('SELECT sealed FROM tokens.credential WHERE connection_id = $1', [id]);
    expect(row?.sealed ?? null).toBeNull();
    return 'revoked at the platform';
  }).finally(() => table.insert(3, String(grant.calls), String(grant.mostInFlight)));
}, 60_000);
