import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { repositoryRoot } from './repository-root.mjs';
import { startNats } from './nats.mjs';
import { identify } from './process-identity.mjs';
import { eventually } from './spec-helpers.mjs';

// The client belongs to the messaging library.
const { connect } = await import(createRequire(join(repositoryRoot, 'libs', 'messaging', 'package.json')).resolve('@nats-io/transport-node'));

const binary = process.env.TRUNKLINE_TEST_NATS_SERVER ?? '';
/** @type {string} */
let folder;
/** @type {import('./nats.mjs').RunningNats[]} */
let started = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkline-nats-'));
});
afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()));
  started = [];
  rmSync(folder, { recursive: true, force: true });
});

const users = [
  { user: 'gateway', password: 'p1', publish: ['rpc.>'], subscribe: ['_INBOX.gateway.>'] },
  { user: 'operator', password: 'p2' },
];
const start = async (/** @type {Partial<import('./nats.mjs').NatsOptions>} */ more = {}) => {
  const server = await startNats({ binary, storeDir: join(folder, 'nats'), users, ...more });
  started.push(server);
  return server;
};

describe('our own NATS server', () => {
  it('lets each user do what its permissions say and nothing else', async () => {
    const { url } = await start();
    await expect(connect({ servers: url, reconnect: false })).rejects.toThrow(/Authorization/);
    await expect(connect({ servers: url, user: 'gateway', pass: 'wrong', reconnect: false })).rejects.toThrow(/Authorization/);
    const operator = await connect({ servers: url, user: 'operator', pass: 'p2' });
    const gateway = await connect({ servers: url, user: 'gateway', pass: 'p1' });
    /** @type {string[]} */
    const heard = [];
    operator.subscribe('>', { callback: (/** @type {unknown} */ _error, /** @type {any} */ message) => heard.push(message.subject) });
    await operator.flush();
    const refusals = (async () => {
      const texts = [];
      for await (const status of gateway.status()) if (status.type === 'error') texts.push(String(status.error.message));
      return texts;
    })();
    gateway.publish('evt.forged');
    gateway.publish('rpc.allowed');
    gateway.subscribe('rpc.secret', { callback: () => undefined });
    await gateway.flush();
    await eventually(() => heard.includes('rpc.allowed'));
    await gateway.close();
    await operator.close();
    expect(heard).toEqual(['rpc.allowed']);
    const texts = (await refusals).join('\n');
    expect(texts).toContain('"evt.forged"');
    expect(texts).toContain('"rpc.secret"');
  });

  it('keeps what was published, and its port, over a kill', async () => {
    const first = await start({ syncInterval: 'always' });
    const before = await connect({ servers: first.url, user: 'operator', pass: 'p2' });
    const api = async (/** @type {any} */ client, /** @type {string} */ what, /** @type {object} */ body) => (await client.request(`$JS.API.${what}`, JSON.stringify(body))).json();
    // A limit larger than many a disk: it is a bound, not a reservation.
    expect((await api(before, 'STREAM.CREATE.KEPT', { name: 'KEPT', subjects: ['kept.>'], storage: 'file', max_bytes: 10 * 1024 ** 3 })).error).toBeUndefined();
    await before.request('kept.one', 'x'.repeat(1024 * 1024));
    await before.close();
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    const second = await start({ syncInterval: 'always' });
    expect(second.port).toBe(first.port);
    const after = await connect({ servers: second.url, user: 'operator', pass: 'p2' });
    expect((await api(after, 'STREAM.INFO.KEPT', {})).state.messages).toBe(1);
    await after.close();
  });

  it('hides its passwords from others', async () => {
    await start();
    expect(statSync(join(folder, 'nats.conf')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'nats')).mode & 0o777).toBe(0o700);
  });

  it('is ended by the next start if it was left behind', async () => {
    const first = await start();
    const second = await start();
    expect(identify(first.pid)).toBeNull();
    expect(identify(second.pid)).not.toBeNull();
  });

  it('says in one line that a port is taken or a setting refused', async () => {
    const other = createServer();
    const port = await new Promise((resolve) => other.listen(0, '127.0.0.1', () => resolve(/** @type {import('node:net').AddressInfo} */ (other.address()).port)));
    try {
      await expect(start({ port })).rejects.toThrow(`Port ${port} for NATS is taken by another program.`);
    } finally {
      other.close();
    }
    await expect(start({ syncInterval: 'sometimes' })).rejects.toThrow(/^nats-server did not start: .*sync/);
  });
});
