import {
  connectionActivated, connectionCalled, connectionBroken, connections, credentials, newId,
  type CallOutcome, type Connection, type DataOf, type Principal, type ReplyOf,
} from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { Client } from 'pg';
import { answerRpc, waitFor } from '@trunkline/testing';
import { verbs } from './connection-verbs.js';
import { answerCredentials, answerFlows, codeOf, startRegistry, type Registry } from './harness.js';

type Answer = ReplyOf<typeof credentials.verify>;
const nobody = { id: null, name: null };
const verified: Answer = { outcome: 'verified', status: null, message: null, account: nobody };
const rejected: Answer = { outcome: 'rejected', status: 401, message: 'The provider refused it.', account: nobody };
const unavailable: Answer = { outcome: 'unavailable', status: null, message: 'No answer.', account: nobody };

/** A registry (two replicas of it) with a keeper that verifies as the test says. */
async function world(environment: Record<string, string>) {
  const registry = await startRegistry(environment);
  const second = await registry.startAnother();
  const [keeper, orchestrator] = [await answerCredentials(registry), await answerFlows(registry)];
  const asked: string[] = [];
  let answer: (connectionId: string) => Answer | Promise<Answer> = () => verified;
  const verifying = await answerRpc(registry.nats.url, credentials.verify, ({ connectionId }) => {
    asked.push(connectionId);
    return answer(connectionId);
  });
  const { connect, get, handled } = verbs(() => registry);
  const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1_000).toISOString();
  return {
    registry,
    connect,
    get,
    handled,
    askedFor: ({ id }: Connection) => asked.filter((one) => one === id).length,
    answerWith: (next: typeof answer) => void (answer = next),
    /** A call of the connection, told and taken in. */
    called: async ({ id }: Connection, outcome: CallOutcome, over: Partial<DataOf<typeof connectionCalled>> = {}, eventId = newId('event')) => {
      await registry.tell(connectionCalled, { connectionId: id, at: at(0), source: 'sync', outcome, code: outcome === 'succeeded' ? null : 'code', ...over }, eventId);
      await handled(eventId);
    },
    at,
    healthOf: (principal: Principal, { id }: Connection) => registry.call(connections.health, { principal, id }),
    becomes: (principal: Principal, { id }: Connection, status: string, statusReason: string | null = null, timeoutMs = 10_000) =>
      waitFor(async () => {
        const seen = await get(principal, id);
        return seen.status === status && seen.statusReason === statusReason ? seen : undefined;
      }, { what: `${id} to be ${status} (${statusReason})`, timeoutMs }),
    stop: async () => {
      await Promise.all([verifying.stop(), keeper.stop(), orchestrator.stop()]);
      await second.close();
      await registry.stop();
    },
  };
}

describe('the health of a connection', () => {
  let here: Awaited<ReturnType<typeof world>>;
  let registry: Registry;
  beforeAll(async () => {
    here = await world({ TRUNKLINE_HEALTH_RETRY_SECONDS: '3600' });
    registry = here.registry;
  });
  afterAll(() => here?.stop());
  afterEach(() => here.answerWith(() => verified));

  async function connected() {
    const { principal } = await registry.tenant();
    return { principal, connection: await here.connect(principal) };
  }

  it('breaks with one call that failed and comes back with five that succeeded, and both are told', async () => {
    const { principal, connection } = await connected();
    await here.called(connection, 'failed');
    await here.becomes(principal, connection, 'degraded', 'calls_failing');
    expect(await registry.told.wait(connectionBroken, connection.id)).toMatchObject({ reason: 'calls_failing' });
    for (let number = 0; number < 4; number += 1) await here.called(connection, 'succeeded');
    await registry.call(connections.recompute, { principal, id: connection.id });
    expect(await here.get(principal, connection.id)).toMatchObject({ status: 'degraded' });
    await here.called(connection, 'succeeded');
    await here.becomes(principal, connection, 'active');
    const told = await waitFor(() => registry.told.of(connectionActivated, connection.id).find(({ recovered }) => recovered === true), { what: 'the recovery to be told' });
    expect(told).toMatchObject({ connectionId: connection.id });
    expect(registry.told.of(connectionBroken, connection.id)).toHaveLength(1);
    const health = await here.healthOf(principal, connection);
    expect(health).toMatchObject({ status: 'active', statusReason: null, lastSucceededAt: expect.any(String) as string, lastFailedAt: expect.any(String) as string });
    expect(health.calls.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'succeeded'));
    expect(Date.parse(health.nextComputeAt!) - Date.now()).toBeLessThan(61_000);
  });

  it('counts each call once and by its own time, however often and in whichever order it is told', async () => {
    const { principal, connection } = await connected();
    await registry.database.query(`UPDATE registry.connection SET connected_at = now() - interval '1 day' WHERE id = $1`, [connection.id]);
    const repeated = newId('event');
    await here.called(connection, 'succeeded', { at: here.at(10) }, repeated);
    await registry.tell(connectionCalled, { connectionId: connection.id, at: here.at(10), source: 'sync', outcome: 'succeeded', code: null }, repeated);
    for (const [seconds, outcome] of [[50, 'succeeded'], [20, 'succeeded'], [40, 'succeeded'], [30, 'succeeded'], [60, 'failed']] as const) await here.called(connection, outcome, { at: here.at(seconds) });
    const { calls } = await here.healthOf(principal, connection);
    expect(calls).toHaveLength(5);
    expect(new Set(calls.map(({ at }) => at)).size).toBe(5);
    expect(calls.map(({ at }) => at)).toEqual(calls.map(({ at }) => at).sort().reverse());
    expect(calls.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
    expect(await here.get(principal, connection.id)).toMatchObject({ status: 'active' });
    // A clock that runs ahead does not put its call before all that follow.
    await here.called(connection, 'failed', { at: here.at(-3_600) });
    for (let number = 0; number < 5; number += 1) await here.called(connection, 'succeeded');
    await here.becomes(principal, connection, 'active');
  });

  it('hears a call while its connection is held by somebody who has its health to write too', async () => {
    const { principal, connection } = await connected();
    await here.called(connection, 'succeeded');
    const holder = new Client({ connectionString: registry.database.url });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM registry.connection WHERE id = $1 FOR UPDATE', [connection.id]);
      const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const heard = registry.call(connections.report, { principal, id: connection.id, outcome: 'succeeded', code: null });
      heard.catch(() => undefined);
      await waitFor(async () => (await registry.database.query('SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))', [rows[0]!.pid])).length > 0, { what: 'the call to wait' });
      await holder.query('UPDATE registry.connection_health SET verified_at = now() WHERE connection_id = $1', [connection.id]);
      await holder.query('COMMIT');
      await heard;
    } finally {
      await holder.end();
    }
    expect((await here.healthOf(principal, connection)).calls).toHaveLength(2);
  });

  it('loses no call of many at once', async () => {
    const { principal, connection } = await connected();
    await Promise.all(Array.from({ length: 20 }, (_, number) => here.called(connection, number === 13 ? 'failed' : 'succeeded', { at: here.at(number === 13 ? 0 : 1) })));
    expect((await here.healthOf(principal, connection)).calls).toMatchObject([{ outcome: 'failed' }, {}, {}, {}, {}]);
    await here.becomes(principal, connection, 'degraded', 'calls_failing');
  });

  it('asks the provider at once when a credential was refused to a reader, and believes only the provider', async () => {
    const { principal, connection } = await connected();
    await here.called(connection, 'unauthorized');
    await here.becomes(principal, connection, 'degraded', 'calls_failing');
    await waitFor(() => here.askedFor(connection) === 1, { what: 'the verification' });
    await waitFor(async () => (await here.healthOf(principal, connection)).verifiedAt !== null, { what: 'its answer' });
    expect(await here.get(principal, connection.id)).toMatchObject({ statusReason: 'calls_failing' });

    const other = await here.connect(principal, { externalId: 'other' });
    here.answerWith(() => rejected);
    await here.called(other, 'unauthorized', { source: 'caller' });
    await here.becomes(principal, other, 'degraded', 'reauth_required');
    // What the keeper itself met it has dealt with already.
    const third = await here.connect(principal, { externalId: 'third' });
    await here.called(third, 'unauthorized', { source: 'refresh' });
    await here.becomes(principal, third, 'degraded', 'calls_failing');
    expect(here.askedFor(third)).toBe(0);
  });

  it('tells a missing scope from a bad credential', async () => {
    const { principal, connection } = await connected();
    await here.called(connection, 'forbidden');
    await here.becomes(principal, connection, 'degraded', 'insufficient_scope');
    await waitFor(async () => (await here.healthOf(principal, connection)).verifiedAt !== null, { what: 'the verification' });
    expect(await here.get(principal, connection.id)).toMatchObject({ statusReason: 'insufficient_scope' });
    // The credential may not even make the call that proves it: that is a scope too.
    const other = await here.connect(principal, { externalId: 'other' });
    here.answerWith(() => ({ ...rejected, status: 403 }));
    expect(await registry.call(connections.verify, { principal, id: other.id })).toMatchObject({ outcome: 'rejected', connection: { status: 'active' } });
    await here.called(other, 'forbidden', { source: 'verify' });
    await here.becomes(principal, other, 'degraded', 'insufficient_scope');
  });

  it('is asked for now by a person, in both directions', async () => {
    const { principal, connection } = await connected();
    here.answerWith(() => rejected);
    expect(await registry.call(connections.verify, { principal, id: connection.id })).toMatchObject({
      outcome: 'rejected', message: 'The provider refused it.', connection: { status: 'degraded', statusReason: 'reauth_required' },
    });
    here.answerWith(() => verified);
    expect(await registry.call(connections.verify, { principal, id: connection.id })).toMatchObject({ outcome: 'verified', connection: { status: 'active', statusReason: null } });
    expect((await registry.told.wait(connectionBroken, connection.id)).reason).toBe('reauth_required');
  });

  it('does not hold an answer about the old credential against the new one', async () => {
    const { principal, connection } = await connected();
    let answerNow!: () => void;
    const gate = new Promise<void>((resolve) => (answerNow = resolve));
    here.answerWith(() => gate.then(() => rejected));
    const asking = registry.call(connections.verify, { principal, id: connection.id });
    await waitFor(() => here.askedFor(connection) === 1, { what: 'the verification to be under way' });
    await here.connect(principal, { externalId: connection.externalId });
    answerNow();
    expect(await asking).toMatchObject({ outcome: 'rejected', connection: { status: 'active' } });
    expect((await here.healthOf(principal, connection)).verifiedAt).toBeNull();
  });

  it('is computed anew when somebody asks', async () => {
    const { principal, connection } = await connected();
    const quiet = await here.connect(principal, { externalId: 'quiet' });
    await here.healthOf(principal, connection);
    // Nothing was told: only computing finds it.
    await here.called(connection, 'succeeded');
    await registry.database.query(
      `UPDATE registry.connection_health SET calls = jsonb_set(calls, '{0,outcome}', '"failed"'), next_compute_at = now() + interval '1 hour' WHERE connection_id = $1`,
      [connection.id],
    );
    expect(await registry.call(connections.recompute, { principal })).toEqual({ computed: 2, changed: [connection.id] });
    expect(await here.get(principal, connection.id)).toMatchObject({ statusReason: 'calls_failing' });
    expect(await registry.call(connections.recompute, { principal, id: quiet.id })).toEqual({ computed: 1, changed: [] });
  });

  it('takes reports of those who use tokens by themselves', async () => {
    const { principal, principalWith } = await registry.tenant({ scopes: ['connections:read', 'connections:write'] });
    const connection = await here.connect(principal);
    const service = await principalWith(['tokens:resolve']);
    await registry.call(connections.report, { principal: service, id: connection.id, outcome: 'failed', code: 'timeout' });
    expect((await here.healthOf(principal, connection)).calls).toMatchObject([{ source: 'caller', outcome: 'failed', code: 'timeout' }]);
    await here.becomes(principal, connection, 'degraded', 'calls_failing');
    const reader = await principalWith(['connections:read']);
    expect(await codeOf(registry.call(connections.report, { principal: reader, id: connection.id, outcome: 'failed', code: null }))).toBe('AUTHORIZATION');
  });

  it('belongs to its project, needs the scope, and is not asked of what is disabled', async () => {
    const { principal, connection } = await connected();
    const { principal: foreign } = await registry.tenant();
    const { id } = connection;
    for (const work of [
      () => registry.call(connections.health, { principal: foreign, id }),
      () => registry.call(connections.verify, { principal: foreign, id }),
      () => registry.call(connections.recompute, { principal: foreign, id }),
      () => registry.call(connections.report, { principal: foreign, id, outcome: 'failed', code: null }),
    ]) {
      expect(await codeOf(work())).toBe('ENTITY_NOT_FOUND');
    }
    const reader = { ...principal, scopes: ['connections:read' as const] };
    expect(await codeOf(registry.call(connections.verify, { principal: reader, id }))).toBe('AUTHORIZATION');
    expect(await codeOf(registry.call(connections.recompute, { principal: reader }))).toBe('AUTHORIZATION');
    await registry.call(connections.disable, { principal: { ...principal, scopes: ['admin'] }, id });
    expect(await codeOf(registry.call(connections.verify, { principal, id }))).toBe('CONNECTION_DISABLED');
    await here.called(connection, 'failed');
    await registry.call(connections.recompute, { principal, id });
    expect(await here.get(principal, id)).toMatchObject({ status: 'disabled' });
    expect(here.askedFor(connection)).toBe(0);
  });
});

describe('the health of a connection, as time passes', () => {
  let here: Awaited<ReturnType<typeof world>>;
  beforeAll(async () => {
    here = await world({ TRUNKLINE_HEALTH_SECONDS: '1', TRUNKLINE_HEALTH_EVIDENCE_SECONDS: '2', TRUNKLINE_HEALTH_RETRY_SECONDS: '0.5', TRUNKLINE_HEALTH_PROBE_SECONDS: '2' });
  });
  afterAll(() => here?.stop());
  afterEach(() => here.answerWith(() => verified));

  it('is verified where nothing was heard for long: by one replica, and no more often than that', async () => {
    const { principal } = await here.registry.tenant();
    const connection = await here.connect(principal);
    const began = Date.now();
    await waitFor(() => here.askedFor(connection) >= 3, { what: 'three verifications', timeoutMs: 20_000 });
    expect(Date.now() - began).toBeGreaterThan(5_500);
    expect(await here.get(principal, connection.id)).toMatchObject({ status: 'active' });
    // Calls of others are evidence too.
    const quietUntil = Date.now() + 4_000;
    const asked = here.askedFor(connection);
    while (Date.now() < quietUntil) await here.called(connection, 'succeeded');
    expect(here.askedFor(connection) - asked).toBeLessThanOrEqual(1);
  });

  it('asks a provider that gives no answer ever more seldom', async () => {
    const { principal } = await here.registry.tenant();
    here.answerWith(() => unavailable);
    const connection = await here.connect(principal);
    await here.called(connection, 'failed');
    await here.becomes(principal, connection, 'degraded', 'calls_failing');
    await waitFor(() => here.askedFor(connection) >= 2, { what: 'two verifications' });
    const failures = () => here.registry.database.query<{ verify_failures: number }>('SELECT verify_failures FROM registry.connection_health WHERE connection_id = $1', [connection.id]);
    const before = here.askedFor(connection);
    const began = Date.now();
    await waitFor(() => here.askedFor(connection) >= before + 2, { what: 'two more', timeoutMs: 15_000 });
    expect(Date.now() - began).toBeGreaterThan(2_500);
    expect((await failures())[0]!.verify_failures).toBeGreaterThanOrEqual(3);
  });

  it('recovers when what a person had to mend works after all', async () => {
    const { principal } = await here.registry.tenant();
    here.answerWith(() => rejected);
    const connection = await here.connect(principal);
    await here.becomes(principal, connection, 'degraded', 'reauth_required');
    here.answerWith(() => verified);
    await here.becomes(principal, connection, 'active');
  });

  it('follows the day its key lapses, and a later day', async () => {
    const { principal } = await here.registry.tenant();
    const connection = await here.connect(principal, { expires: new Date(Date.now() + 2_000).toISOString() });
    expect(connection.status).toBe('active');
    await here.becomes(principal, connection, 'degraded', 'key_expired');
    const asked = here.askedFor(connection);
    await here.connect(principal, { externalId: connection.externalId, expires: new Date(Date.now() + 86_400_000).toISOString() });
    await here.becomes(principal, connection, 'active');
    expect(here.askedFor(connection) - asked).toBeLessThanOrEqual(1);
    await here.registry.call(connections.update, { principal, id: connection.id, change: { expires: new Date(Date.now() - 1_000).toISOString() } });
    await here.becomes(principal, connection, 'degraded', 'key_expired');
    await here.registry.call(connections.update, { principal, id: connection.id, change: { expires: null } });
    await here.becomes(principal, connection, 'active');
  });

  it('shows every change within its interval, also one that no event told of', async () => {
    const { principal } = await here.registry.tenant();
    const connection = await here.connect(principal);
    await here.called(connection, 'succeeded');
    await here.registry.database.query(`UPDATE registry.connection_health SET calls = jsonb_set(calls, '{0,outcome}', '"failed"') WHERE connection_id = $1`, [connection.id]);
    const began = Date.now();
    await here.becomes(principal, connection, 'degraded', 'calls_failing');
    expect(Date.now() - began).toBeLessThan(3_000);
  });

  it('bears it that the keeper is away, and asks again what a call made doubtful', async () => {
    const { principal } = await here.registry.tenant();
    let away = true;
    here.answerWith(() => {
      if (away) throw new AppError('SERVICE_UNAVAILABLE', 'away');
      return rejected;
    });
    const connection = await here.connect(principal);
    await here.called(connection, 'unauthorized');
    await waitFor(() => here.askedFor(connection) >= 2, { what: 'two attempts' });
    expect(await here.get(principal, connection.id)).toMatchObject({ statusReason: 'calls_failing' });
    away = false;
    await here.becomes(principal, connection, 'degraded', 'reauth_required');
  });
});
