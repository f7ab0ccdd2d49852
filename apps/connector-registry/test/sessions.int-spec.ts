import { SignJWT } from 'jose';
import { Client } from 'pg';
import { platforms, principals, Secret, sessions, users, type RequestOf } from '@trunkline/contracts';
import { createDataSource } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { startTestService, waitFor } from '@trunkline/testing';
import { connectorRegistry, registryDatabase } from '../src/index.js';
import { removeOldSessions } from '../src/session/remove-old-sessions.js';
import { codeOf, startRegistry, type Registry } from './harness.js';
import { password, peopleOf, sessionEnvironment } from './people.js';

let registry: Registry;
let people: ReturnType<typeof peopleOf>;
const limits = { TRUNKLINE_LOGIN_FAILURES_PER_ACCOUNT: '3', TRUNKLINE_LOGIN_FAILURES_PER_ADDRESS: '8' };
beforeAll(async () => {
  registry = await startRegistry({ ...sessionEnvironment, ...limits, TRUNKLINE_SESSION_HOURS: '2' });
  people = peopleOf(registry);
});
afterAll(() => registry.stop());

const authenticate = (key: Secret) => registry.call(principals.authenticate, { key });
const errorOf = async (work: Promise<unknown>): Promise<AppError> => {
  try {
    await work;
  } catch (error) {
    return error as AppError;
  }
  throw new Error('it was not refused');
};
const someone = async () => people.user((await people.platform()).id);

describe('a session', () => {
  it('begins with the right password, stands for the user, and ends when it is told to', async () => {
    const ada = await someone();
    const opened = await people.login(ada.email.toUpperCase());
    expect(opened).toMatchObject({ userId: ada.id, platformId: ada.platformId });
    expect(Math.abs(Date.parse(opened.expires) - Date.now() - 7_200_000)).toBeLessThan(60_000);
    const principal = await authenticate(opened.token);
    expect(principal).toEqual({ kind: 'user', id: ada.id, userId: ada.id, platformId: ada.platformId, reach: 'project', projectId: null, scopes: [] });
    const other = await people.login(ada.email);
    expect(await registry.call(sessions.end, { principal, token: opened.token })).toEqual({ ended: true });
    expect(await registry.call(sessions.end, { principal, token: opened.token })).toEqual({ ended: false });
    expect(await codeOf(authenticate(opened.token))).toBe('AUTHENTICATION');
    expect(await codeOf(authenticate(other.token))).toBe('no error');
  });

  it('is ended by nobody else', async () => {
    const [ada, bob] = [await someone(), await someone()];
    const [{ token }, asBob] = [await people.login(ada.email), await people.enter(bob.email)];
    expect(await registry.call(sessions.end, { principal: asBob, token })).toEqual({ ended: false });
    expect(await codeOf(authenticate(token))).toBe('no error');
  });

  it('ends by the database\'s clock', async () => {
    const { id, token } = await people.login((await someone()).email);
    await registry.database.query('UPDATE registry.session SET expires_at = now() WHERE id = $1', [id]);
    expect(await codeOf(authenticate(token))).toBe('AUTHENTICATION');
  });

  it('is not to be forged', async () => {
    const ada = await someone();
    const { id, token } = await people.login(ada.email);
    const [head, payload, signature] = token.reveal().split('.') as [string, string, string];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const sign = (change: Record<string, unknown>, secret = sessionEnvironment.TRUNKLINE_SESSION_SECRET, alg = 'HS256') =>
      new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
    const bob = await someone();
    const forged = {
      none: `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      'none with a signature': `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`,
      'another user': `${head}.${encode({ ...claims, sub: bob.id })}.${signature}`,
      'another key': await sign({}, 'b'.repeat(40)),
      'another algorithm': await sign({}, sessionEnvironment.TRUNKLINE_SESSION_SECRET.padEnd(64, 'x'), 'HS512'),
      'another audience': await sign({ aud: 'elsewhere' }),
      'no session': await sign({ sid: undefined }),
      'a session of someone else': await sign({ sub: bob.id }),
      'an unknown session': await sign({ sid: 'sess_0' }),
      expired: await sign({ exp: 1_000_000_000 }),
    };
    const refusal = await errorOf(authenticate(new Secret('nonsense')));
    for (const [how, text] of Object.entries(forged)) expect([how, await errorOf(authenticate(new Secret(text)))]).toMatchObject([how, { code: 'AUTHENTICATION', message: refusal.message }]);
    expect(await codeOf(authenticate(new Secret(await sign({ sid: id }))))).toBe('no error');
  });

  it('does not begin with a password that is changed meanwhile', async () => {
    const ada = await someone();
    const change = new Client({ connectionString: registry.database.url });
    await change.connect();
    try {
      await change.query('BEGIN');
      await change.query(`UPDATE registry.app_user SET password_hash = 'another' WHERE id = $1`, [ada.id]);
      const login = codeOf(people.login(ada.email));
      const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await Promise.race([login, waitFor(async () => (await registry.database.query(waits)).length > 0, { what: 'the login to wait for the change' })]);
      await change.query('COMMIT');
      expect(await login).toBe('AUTHENTICATION');
    } finally {
      await change.end();
    }
  });
});

describe('a login', () => {
  it('is refused alike for a wrong password, an unknown address, a disabled user and one without password', async () => {
    const platform = await people.platform();
    const [ada, disabled, bare] = [await people.user(platform.id), await people.user(platform.id), await people.user(platform.id, { password: undefined })];
    await registry.call(users.update, { principal: registry.operator, id: disabled.id, change: { enabled: false } });
    const refusals = [
      await errorOf(people.login(ada.email, { password: 'wrong' })),
      await errorOf(people.login(`nobody-${ada.email}`)),
      await errorOf(people.login(disabled.email)),
      await errorOf(people.login(bare.email)),
    ];
    for (const refusal of refusals) expect(refusal.toWire()).toEqual(refusals[0]!.toWire());
    expect(refusals[0]!.code).toBe('AUTHENTICATION');
  });

  it('takes as long for an unknown address as for a wrong password', async () => {
    const ada = await someone();
    const time = async (email: string) => {
      const begin = performance.now();
      await codeOf(people.login(email, { password: 'wrong' }));
      return performance.now() - begin;
    };
    // The quickest of three: a machine that is busy makes things slower, never quicker.
    const known = Math.min(await time(ada.email), await time(ada.email), await time(ada.email));
    const unknown = Math.min(await time(`nobody-1-${ada.email}`), await time(`nobody-2-${ada.email}`), await time(`nobody-3-${ada.email}`));
    // Without the verification it would take a tenth of the time at most.
    expect(unknown).toBeGreaterThan(known / 3);
  });

  it('asks for the platform where two know the address', async () => {
    const [one, two] = [await people.platform(), await people.platform()];
    const email = `both-${one.id}@example.com`;
    await people.user(one.id, { email });
    const second = await people.user(two.id, { email });
    expect(await codeOf(people.login(email))).toBe('AUTHENTICATION');
    expect(await people.login(email, { platformId: two.id })).toMatchObject({ userId: second.id, platformId: two.id });
  });

  it('is recorded, whether it succeeds or not, and without what was typed', async () => {
    const ada = await someone();
    await codeOf(people.login(ada.email, { password: 'wrong password' }));
    const { id } = await people.login(ada.email);
    const entries = await registry.database.query<{ outcome: string; target_id: string; everything: string }>(
      `SELECT outcome, target_id, a::text AS everything FROM registry.audit_entry a WHERE actor_id = $1 AND action = 'session.created' ORDER BY place`, [ada.id]);
    expect(entries.map(({ outcome, target_id: target }) => [outcome, target])).toEqual([['denied', ada.id], ['done', id]]);
    expect(JSON.stringify(entries)).not.toMatch(/wrong password|correct horse/);
  });

  it('is limited per account over all replicas, however many try at once; a success begins anew', async () => {
    const second = await registry.startAnother();
    try {
      const ada = await someone();
      const outcomes = await Promise.all(Array.from({ length: 12 }, () => people.login(ada.email, { password: 'wrong' }).catch((error: unknown) => error as AppError)));
      const codes = outcomes.map((outcome) => (outcome as AppError).code);
      expect(codes.filter((code) => code === 'AUTHENTICATION')).toHaveLength(3);
      expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(9);
      const limited = outcomes.find((outcome) => (outcome as AppError).code === 'RATE_LIMITED') as AppError;
      expect(limited.params.retryAfterSeconds).toBeGreaterThan(800);
      // The right password helps nobody now, and tells nothing.
      expect(await codeOf(people.login(ada.email))).toBe('RATE_LIMITED');
      await registry.database.query(`UPDATE registry.login_attempts SET window_ends = now() WHERE subject LIKE 'account:%'`);
      for (let round = 0; round < 3; round += 1) {
        expect(await codeOf(people.login(ada.email, { password: 'wrong' }))).toBe('AUTHENTICATION');
        expect(await codeOf(people.login(ada.email, { password: 'wrong' }))).toBe('AUTHENTICATION');
        expect(await codeOf(people.login(ada.email))).toBe('no error');
      }
    } finally {
      await second.close();
    }
  });

  it('is limited per client address, whoever is tried; successes do not count', async () => {
    const clientAddress = '192.0.2.7';
    const ada = await someone();
    for (let round = 0; round < 10; round += 1) await people.login(ada.email, { clientAddress });
    const tries = await Promise.all(Array.from({ length: 12 }, (_, index) => codeOf(people.login(`nobody-${index}-${ada.email}`, { clientAddress }))));
    expect(tries.filter((code) => code === 'AUTHENTICATION')).toHaveLength(8);
    expect(tries.filter((code) => code === 'RATE_LIMITED')).toHaveLength(4);
    expect(await codeOf(people.login(ada.email))).toBe('no error');
  });
});

it('old sessions and attempts are removed, and nothing that still counts', async () => {
  const { id } = await people.login((await someone()).email);
  const old = await people.login((await someone()).email);
  await registry.database.query(`UPDATE registry.session SET expires_at = now() - interval '2 days' WHERE id = $1`, [old.id]);
  await registry.database.query(`INSERT INTO registry.login_attempts VALUES ('address:old', 3, now() - interval '1 minute'), ('address:new', 3, now() + interval '1 minute')`);
  const config = { databaseUrl: new Secret(registry.database.url), databasePoolSize: 2, databaseStatementTimeoutMs: 10_000 };
  const database = await createDataSource('test', config as never, registryDatabase).initialize();
  try {
    await removeOldSessions({ database });
  } finally {
    await database.destroy();
  }
  const left = await registry.database.query<{ id: string }>(
    `SELECT id FROM registry.session WHERE id = ANY ($1) UNION ALL SELECT subject FROM registry.login_attempts WHERE subject IN ('address:old', 'address:new')`, [[id, old.id]]);
  expect(left.map((row) => row.id)).toEqual([id, 'address:new']);
});

describe('without TRUNKLINE_SESSION_SECRET', () => {
  it('nobody logs in with a password, and the refusal says what is missing', async () => {
    const bare = await startRegistry();
    try {
      const session: RequestOf<typeof sessions.create>['session'] = { email: 'ada@example.com', password: new Secret(password) };
      expect(await errorOf(bare.call(sessions.create, { session, clientAddress: '::1' }))).toMatchObject({ code: 'AUTHORIZATION', message: expect.stringContaining('TRUNKLINE_SESSION_SECRET') as string });
      expect((await bare.call(platforms.list, { principal: bare.operator, limit: 1 })).data).toEqual([]);
    } finally {
      await bare.stop();
    }
  });

  it('a short one stops the start', async () => {
    await expect(startTestService(connectorRegistry, { natsUrl: registry.nats.url, databaseUrl: registry.database.url, environment: { TRUNKLINE_SESSION_SECRET: 'short' } })).rejects.toThrow('TRUNKLINE_SESSION_SECRET');
  });
});
