import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { newId, recordBatchType, recordSubject, RECORDS } from '@trunkline/contracts';
import { Publisher } from '@trunkline/messaging';
import { createTestDatabase, startTestNats, waitFor, type TestDatabase, type TestNats } from '@trunkline/testing';
import { randomHistory } from './checker.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('the example of a consumer, as a NATS user that may do nothing else', () => {
  let database: TestDatabase;
  let nats: TestNats;
  let operator: NatsConnection;
  let password: string;
  let program: ChildProcess | undefined;

  beforeAll(async () => {
    const { stdout: user } = spawnSync(process.execPath, ['tools/sink.mjs', 'user', 'acme-warehouse'], { cwd: root, encoding: 'utf8' });
    password = /password: "([^"]+)"/.exec(user)![1]!;
    const config = `authorization { users: [ { user: operator, password: operator }\n${user} ] }`;
    [database, nats] = await Promise.all([createTestDatabase(), startTestNats({ config, user: 'operator', password: 'operator' })]);
    operator = await connect({ servers: nats.url, user: 'operator', pass: 'operator' });
    await (await jetstreamManager(operator)).streams.add({ name: RECORDS.name, subjects: [...RECORDS.subjects] });
  });
  afterAll(async () => {
    program?.kill('SIGKILL');
    await operator?.close();
    await nats?.stop();
    await database?.drop();
  });

  const start = () => {
    program = spawn(process.execPath, ['examples/consumer.mjs'], { cwd: root, stdio: 'inherit', env: { PATH: process.env.PATH ?? '', NATS_URL: nats.url, NATS_USER: 'acme-warehouse', NATS_PASSWORD: password, WAREHOUSE_URL: database.url } });
  };

  it('ends with what was published, also after it was killed', async () => {
    const publisher = new Publisher(operator);
    const connectionId = newId('connection');
    const { deliveries, expected } = randomHistory(7, 60, 40);
    start();
    for (const [place, { generation, records }] of deliveries.entries()) {
      const batch = { projectId: 'proj_1', connectionId, connector: 'sandbox_crm', runId: 'run_1', stream: 'contacts', generation, sequence: 1, records };
      await publisher.publish({ id: newId('event'), subject: recordSubject(batch), type: recordBatchType, source: 'test', time: new Date().toISOString(), data: batch });
      if (place === 30) {
        await waitFor(async () => (await database.query('SELECT 1 FROM record')).length > 0, { what: 'the first rows' });
        program?.kill('SIGKILL');
        start();
      }
    }
    const manager = await jetstreamManager(operator);
    await waitFor(
      async () => {
        const info = await manager.consumers.info('RECORDS', 'acme-warehouse');
        return info.num_pending === 0 && info.num_ack_pending === 0;
      },
      { what: 'everything to be read', timeoutMs: 45_000 },
    );
    const rows = await database.query<{ version: string }>('SELECT key, version, deleted, data FROM record ORDER BY key COLLATE "C"');
    expect(rows.map((row) => ({ ...row, version: Number(row.version) }))).toEqual(expected);
  }, 60_000);

  it('may not publish, nor look at others, nor remove anything', async () => {
    const outside = await connect({ servers: nats.url, user: 'acme-warehouse', pass: password, inboxPrefix: '_INBOX.acme-warehouse' });
    try {
      const manager = await jetstreamManager(outside, { checkAPI: false, timeout: 500 });
      await expect(jetstream(outside, { timeout: 500 }).publish('rec.proj_1.sandbox_crm.contacts', '{}')).rejects.toThrow();
      await expect(manager.streams.purge('RECORDS')).rejects.toThrow();
      await expect(manager.consumers.add('RECORDS', { durable_name: 'analytics-sink__rec', ack_policy: 'explicit' as never })).rejects.toThrow();
      await expect(manager.consumers.delete('RECORDS', 'analytics-sink__rec')).rejects.toThrow();
      await expect(manager.streams.getMessage('RECORDS', { seq: 1 })).rejects.toThrow();
      expect(() => outside.subscribe('rec.>', { callback: () => undefined })).not.toThrow();
    } finally {
      await outside.close().catch(() => undefined);
    }
    expect((await (await jetstreamManager(operator)).streams.info('RECORDS')).state.messages).toBeGreaterThan(0);
  });
});
