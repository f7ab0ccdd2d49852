import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { newId } from '@trunkline/contracts';
import { Publisher } from '@trunkline/messaging';
import type { RunningService } from '@trunkline/service';
import { connectTestClient, createTestDatabase, startTestNats, startTestService, waitFor, type TestClient, type TestDatabase, type TestNats } from '../src/index.js';
import { deliveries, noteAdded, notes, notesService } from './platform-service.js';

describe('a service on the platform libraries', () => {
  let database: TestDatabase;
  let nats: TestNats;
  let service: RunningService;
  let client: TestClient;

  beforeAll(async () => {
    [database, nats] = await Promise.all([createTestDatabase(), startTestNats()]);
    service = await startTestService(notesService, { databaseUrl: database.url, natsUrl: nats.url, environment: { PORT: '0' } });
    client = await connectTestClient(nats.url);
  });
  afterAll(async () => {
    await client?.close();
    await service?.close();
    await nats?.stop();
    await database?.drop();
  });

  const heard = (noteId: string) => database.query<{ attempt: number }>('SELECT attempt FROM notes.heard WHERE note_id = $1', [noteId]);

  it('answers a request, tells the fact once, and prints no secret', async () => {
    const { id, echo } = await client.rpc.call(notes.add, { text: 'hello', fail: 'no' });
    expect(String(echo)).toBe('[secret]');
    expect(JSON.stringify({ echo })).toBe('{"echo":"[secret]"}');
    expect(echo.reveal()).toBe('hello');
    await waitFor(async () => (await heard(id)).length === 1, { what: 'the event to be consumed' });
    await waitFor(async () => (await database.query('SELECT 1 FROM notes.outbox')).length === 0, { what: 'the outbox to be empty' });
  });

  it('refuses a request that does not fit the contract, on both sides', async () => {
    await expect(client.rpc.call(notes.add, { text: 3 as never, fail: 'no' })).rejects.toMatchObject({ code: 'VALIDATION' });
    const raw = await client.nats.request('rpc.notes.add', JSON.stringify({ text: '' }));
    expect(raw.json()).toMatchObject({ ok: false, error: { code: 'VALIDATION' } });
  });

  it('carries an AppError over and hides anything else', async () => {
    await expect(client.rpc.call(notes.add, { text: 'x', fail: 'app' })).rejects.toMatchObject({ code: 'CONFLICT', params: { message: 'that note exists', note: 'x' } });
    const crash = await client.rpc.call(notes.add, { text: 'x', fail: 'crash' }).catch((error: unknown) => error as Error);
    expect(crash).toMatchObject({ code: 'INTERNAL' });
    expect(JSON.stringify(crash)).not.toContain('inner text');
  });

  it('calls a database that is away what it is: try again', async () => {
    await expect(client.rpc.call(notes.add, { text: 'x', fail: 'outage' })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect((await client.rpc.call(notes.add, { text: 'x', fail: 'no' })).id).toBeDefined();
  });

  it('says so when nobody answers', async () => {
    await expect(client.rpc.call({ ...notes.add, subject: 'rpc.nobody.home' }, { text: 'x', fail: 'no' })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('tells nothing of a transaction that was rolled back', async () => {
    const before = (await database.query('SELECT 1 FROM notes.note')).length;
    await expect(client.rpc.call(notes.add, { text: 'no trace', fail: 'rollback' })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await database.query('SELECT 1 FROM notes.note')).toHaveLength(before);
    expect(await database.query("SELECT 1 FROM notes.outbox WHERE data->>'text' = 'no trace'")).toHaveLength(0);
  });

  it('has an effect once although the event is delivered twice', async () => {
    const { id } = await client.rpc.call(notes.add, { text: 'twice', fail: 'no' });
    await waitFor(() => deliveries.get(id)?.length === 2, { what: 'the second delivery' });
    const manager = await jetstreamManager(client.nats);
    await waitFor(async () => (await manager.consumers.info('EVENTS', 'connector-registry__evt-note-added-v1')).num_ack_pending === 0, { what: 'the redelivery to be settled' });
    expect(await heard(id)).toEqual([{ attempt: 1 }]);
  });

  it('puts a message aside after its last delivery, with the reason, durably', async () => {
    await client.rpc.call(notes.add, { text: 'poison', fail: 'no' });
    const manager = await jetstreamManager(client.nats);
    const dead = await waitFor(() => manager.streams.getMessage('DEAD', { last_by_subj: 'dead.evt.note.added.v1' }), { what: 'the dead letter' });
    expect(dead?.json()).toMatchObject({ subject: 'evt.note.added.v1', attempts: 2, reason: 'kept failing' });
  });

  it('drops a second publication of one message', async () => {
    const publisher = new Publisher(client.nats);
    const message = { id: newId('event'), subject: noteAdded.subject, type: 't', source: 's', time: new Date().toISOString(), data: { noteId: 'n', text: 'once' } };
    expect((await publisher.publish(message)).duplicate).toBe(false);
    expect((await publisher.publish(message)).duplicate).toBe(true);
  });

  it('shows that it is live and ready, and its metrics', async () => {
    const ready = await fetch(`${service.url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ok', checks: { 'connector-registry:nats': 'ok', 'connector-registry:postgres': 'ok' } });
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${service.url}/metrics`)).text()).toContain('trunkline_rpc_server_seconds_bucket');
  });

  it('recovers by itself when NATS is killed and started again: what was committed meanwhile is told', async () => {
    await nats.kill('SIGKILL');
    await database.query("INSERT INTO notes.outbox (id, subject, type, data) VALUES ('evt_meanwhile', $1, 't', $2)", [noteAdded.subject, { noteId: 'meanwhile', text: 'later' }]);
    await waitFor(async () => (await fetch(`${service.url}/health/ready`)).status === 503, { what: 'the service to be unready' });
    await nats.restart();
    await waitFor(async () => (await heard('meanwhile')).length === 1, { what: 'the fact to be told and heard', timeoutMs: 25_000 });
    await waitFor(async () => (await client.rpc.call(notes.add, { text: 'again', fail: 'no' })).id, { what: 'requests to be answered again' });
    await waitFor(async () => (await fetch(`${service.url}/health/ready`)).status === 200, { what: 'the service to be ready again' });
  }, 60_000);

  it('recovers by itself when Postgres ends every connection', async () => {
    await database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
    const { id } = await waitFor(() => client.rpc.call(notes.add, { text: 'after the cut', fail: 'no' }), { what: 'a request to succeed' });
    await waitFor(async () => (await heard(id)).length === 1, { what: 'the event to be consumed' });
  });
});

describe('a durable consumer that stands with the settings of an earlier release', () => {
  it('is brought up to date and keeps its place', async () => {
    const [database, nats] = await Promise.all([createTestDatabase(), startTestNats()]);
    const client = await connectTestClient(nats.url);
    try {
      const manager = await jetstreamManager(client.nats);
      await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'], max_age: 3_600_000_000_000 });
      const name = 'connector-registry__evt-note-added-v1';
      await manager.consumers.add('EVENTS', { durable_name: name, filter_subject: noteAdded.subject, ack_policy: AckPolicy.Explicit, ack_wait: 99_000_000_000, max_deliver: 3 });
      const service = await startTestService(notesService, { databaseUrl: database.url, natsUrl: nats.url });
      const info = await waitFor(async () => {
        const found = await manager.consumers.info('EVENTS', name);
        return found.config.max_deliver === -1 && found;
      }, { what: 'the consumer to be brought up to date' });
      expect(info.config.ack_wait).toBe(12_000_000_000);
      await service.close();
    } finally {
      await client.close();
      await nats.stop();
      await database.drop();
    }
  });
});
