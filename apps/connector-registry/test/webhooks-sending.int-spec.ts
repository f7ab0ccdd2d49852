import { fileURLToPath } from 'node:url';
import { audits, newId } from '@trunkline/contracts';
import { startProcess, waitFor, waitUntilReady, freePort } from '@trunkline/testing';
import { adminKey, masterKey, startRegistry, type Registry } from './harness.js';
import { startReceiver, status, verified, webhookVerbs, type Receiver } from './webhook-receiver.js';

let registry: Registry;
let second: Awaited<ReturnType<Registry['startAnother']>>;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  registry = await startRegistry({
    TRUNKLINE_EGRESS_ALLOW: receiver.authority,
    TRUNKLINE_WEBHOOK_RETRY_SECONDS: Array.from({ length: 20 }, () => '0.1').join(','),
    TRUNKLINE_WEBHOOK_TIMEOUT_SECONDS: '5',
    TRUNKLINE_WEBHOOK_REST_SECONDS: '0.5',
    TRUNKLINE_WEBHOOKS_AT_ONCE: '4',
    TRUNKLINE_WEBHOOKS_AT_ONCE_PER_ENDPOINT: '2',
    PORT: '0',
  });
  second = await registry.startAnother();
});
afterAll(async () => {
  await second?.close();
  await registry?.stop();
  await receiver?.close();
});
const here = webhookVerbs(() => registry, () => receiver);
const rows = (id: string) => registry.database.query<{ message_id: string; status: string; tries: number; claim: number }>('SELECT * FROM registry.webhook_delivery WHERE webhook_id = $1', [id]);
const delivered = (id: string, count: number) => waitFor(async () => (await rows(id)).filter((row) => row.status === 'delivered').length >= count, { what: `${count} messages to be delivered`, timeoutMs: 60_000 });

describe('two replicas', () => {
  it('deliver two hundred messages once each', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path } = await here.create(admin);
    await Promise.all(Array.from({ length: 200 }, () => here.broken(here.fact(tenant))));
    await delivered(id, 200);
    expect(receiver.at(path)).toHaveLength(200);
    expect(new Set(receiver.at(path).map((one) => one.id)).size).toBe(200);
    expect((await rows(id)).every(({ tries, claim }) => tries === 1 && claim === 1)).toBe(true);
  }, 90_000);

  it('are not held up by an endpoint that is slow', async () => {
    const [slowly, quickly] = [await here.tenant(), await here.tenant()];
    const [slow, quick] = [await here.create(slowly.admin), await here.create(quickly.admin)];
    const open: (() => void)[] = [];
    receiver.answer(slow.path, (response) => void open.push(() => response.writeHead(200).end()));
    for (let count = 0; count < 12; count += 1) await here.broken(here.fact(slowly));
    await receiver.wait(slow.path, 4);
    for (let count = 0; count < 10; count += 1) await here.broken(here.fact(quickly));
    await delivered(quick.webhook.id, 10);
    expect(receiver.at(slow.path)).toHaveLength(4);
    receiver.answer(slow.path, status(200));
    for (const answer of open) answer();
    await delivered(slow.webhook.id, 12);
    expect(receiver.at(slow.path)).toHaveLength(12);
  });
});

describe('an endpoint that fails', () => {
  it('rests after five failures, is asked by one message per pause, and gets what waited when it is back', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path, secret } = await here.create(admin);
    receiver.answer(path, status(500));
    await Promise.all(Array.from({ length: 30 }, () => here.broken(here.fact(tenant))));
    const resting = await here.state(admin, id, 'resting');
    expect(resting).toMatchObject({ enabled: true, stateReason: expect.stringMatching(/attempts in a row failed, the last one because it answered 500\.$/) as string });
    // Those that were under way when it began to rest: at most two for each replica.
    await waitFor(async () => (await rows(id)).length === 30, { what: 'all messages to be written down' });
    const underWay = 3;
    const probes = await receiver.wait(path, 5 + underWay + 2, 40_000);
    expect((await rows(id)).filter(({ tries }) => tries === 0).length).toBeGreaterThanOrEqual(30 - probes.length);
    const [one, two] = probes.slice(-2) as [(typeof probes)[number], (typeof probes)[number]];
    expect(two.at - one.at).toBeGreaterThanOrEqual(950);
    receiver.answer(path, status(200));
    await delivered(id, 30);
    expect(await here.get(admin, id)).toMatchObject({ state: 'active', stateReason: null, consecutiveFailures: 0 });
    expect((await rows(id)).reduce((sum, { tries }) => sum + tries, 0)).toBe(receiver.at(path).length);
    for (const received of receiver.at(path)) verified(received, secret);
  }, 90_000);

  it('begins anew when a person enables it', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path } = await here.create(admin);
    receiver.answer(path, status(500));
    await here.broken(here.fact(tenant));
    await here.state(admin, id, 'resting');
    await registry.database.query(`UPDATE registry.webhook SET not_before = now() + interval '1 hour' WHERE id = $1`, [id]);
    receiver.answer(path, status(200));
    expect(await here.change(admin, id, { enabled: true })).toMatchObject({ state: 'active', consecutiveFailures: 0, stateReason: null });
    await delivered(id, 1);
  });

  it('for five days is disabled, which the audit log knows', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path } = await here.create(admin);
    receiver.answer(path, status(503));
    await here.broken(here.fact(tenant));
    await here.state(admin, id, 'resting');
    await registry.database.query(`UPDATE registry.webhook SET failing_since = now() - interval '5 days' WHERE id = $1`, [id]);
    expect(await here.state(admin, id, 'disabled')).toMatchObject({ stateReason: 'Nothing but failures for five days, the last one because it answered 503.' });
    const { data } = await registry.call(audits.list, { principal: admin, limit: 100, targetId: id });
    expect(data.filter(({ action }) => action === 'webhook.disabled')).toMatchObject([{ details: { why: 'failing' }, actor: { kind: 'service' } }]);
    const came = receiver.at(path).length;
    await here.broken(here.fact(tenant));
    const { webhook: { id: witness } } = await here.create(admin);
    await here.broken(here.fact(tenant));
    await delivered(witness, 1);
    expect(receiver.at(path)).toHaveLength(came);
  });
});

it('tells how attempts end, and for how long the oldest message has been due', async () => {
  const metrics = await (await fetch(`${second.url}/metrics`)).text();
  expect(metrics).toMatch(/^trunkline_registry_webhook_attempts_total\{outcome="delivered"\} [1-9]/m);
  expect(metrics).toMatch(/^trunkline_registry_webhook_attempts_total\{outcome="failed"\} [1-9]/m);
  expect(metrics).toMatch(/^trunkline_registry_webhook_oldest_due_seconds \d/m);
});

// The last test: it takes the service away.
it('delivers a message again, under the same id, if it dies between the answer and its note', async () => {
  const { admin, ...tenant } = await here.tenant();
  const { webhook: { id }, path, secret } = await here.create(admin);
  await Promise.all([registry.stopService(), second.close()]);
  const port = await freePort();
  const program = startProcess(fileURLToPath(new URL('../src/main.ts', import.meta.url)), {
    NODE_OPTIONS: `--conditions=@trunkline/source --import=${fileURLToPath(new URL('../../../libs/testing/typescript-loader.mjs', import.meta.url))}`,
    NODE_ENV: 'test', LOG_LEVEL: 'silent', HOST: '127.0.0.1', PORT: String(port), DATABASE_URL: registry.database.url, NATS_URL: registry.nats.url,
    TRUNKLINE_ADMIN_KEY: adminKey, TRUNKLINE_MASTER_KEY: masterKey, TRUNKLINE_EGRESS_ALLOW: receiver.authority,
  });
  try {
    await waitUntilReady(`http://127.0.0.1:${port}`, program);
    receiver.answer(path, async (response) => {
      await program.kill('SIGKILL');
      response.writeHead(200).end();
    });
    await here.broken(here.fact(tenant), newId('event'));
    await receiver.wait(path);
    await waitFor(() => !program.running(), { what: 'the process to be gone' });
    expect(await rows(id)).toMatchObject([{ status: 'waiting', tries: 0, claim: 1 }]);
    receiver.answer(path, status(200));
    // The lease is over.
    await registry.database.query('UPDATE registry.webhook_delivery SET next_attempt_at = now() WHERE webhook_id = $1', [id]);
    second = await registry.startAnother();
    await delivered(id, 1);
    const [one, two, ...more] = receiver.at(path);
    expect([two!.id, two!.body, more]).toEqual([one!.id, one!.body, []]);
    verified(two!, secret);
  } finally {
    await program.kill('SIGKILL');
  }
}, 120_000);
