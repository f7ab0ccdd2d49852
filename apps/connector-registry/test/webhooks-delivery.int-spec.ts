import { audits, connections, connectionRecovered, credentialBroken, credentialRefreshed, newId, Secret, webhooks, type Principal } from '@trunkline/contracts';
import { createDataSource } from '@trunkline/persistence';
import { waitFor } from '@trunkline/testing';
import { verbs } from './connection-verbs.js';
import { answerCredentials, answerFlows, codeOf, startRegistry, type Registry } from './harness.js';
import { registryDatabase } from '../src/index.js';
import { queueMessage } from '../src/webhook/queue-message.js';
import { startReceiver, status, verified, webhookVerbs, type Receiver } from './webhook-receiver.js';

let registry: Registry;
let receiver: Receiver;
let stop: () => Promise<unknown>;
beforeAll(async () => {
  receiver = await startReceiver();
  registry = await startRegistry({ TRUNKLINE_EGRESS_ALLOW: receiver.authority, TRUNKLINE_WEBHOOK_RETRY_SECONDS: '0.1,0.1,0.1,0.1,0.1,0.1', TRUNKLINE_WEBHOOK_TIMEOUT_SECONDS: '1', TRUNKLINE_WEBHOOK_REST_SECONDS: '600' });
  const [keeper, orchestrator] = [await answerCredentials(registry), await answerFlows(registry)];
  stop = () => Promise.all([keeper.stop(), orchestrator.stop()]);
});
afterAll(async () => {
  await stop?.();
  await registry?.stop();
  await receiver?.close();
});
const here = webhookVerbs(() => registry, () => receiver);
const { connect } = verbs(() => registry);
const rows = (webhookId: string) => registry.database.query<{ message_id: string; status: string; tries: number }>('SELECT * FROM registry.webhook_delivery WHERE webhook_id = $1', [webhookId]);
const settled = (webhookId: string, count = 1) => waitFor(async () => (await rows(webhookId)).filter((row) => row.status !== 'waiting').length >= count, { what: `${count} deliveries to be settled` });
const outcomeOf = async (principal: Principal, id: string) => {
  await settled(id);
  return (await here.deliveries(principal, id))[0]!;
};

describe('an event', () => {
  it('is delivered once, signed, with ids and facts', async () => {
    const { admin, principal } = await here.tenant();
    const connection = await connect(principal, { externalId: 'shop-1' });
    const { webhook, path, secret } = await here.create(admin);
    await registry.tell(credentialBroken, { connectionId: connection.id, platformId: connection.platformId, projectId: connection.projectId, connector: connection.connector, credentialVersion: 1_000, reason: 'reauth_required' });
    const message = verified((await receiver.wait(path))[0]!, secret);
    expect(message).toEqual({
      type: 'connection.broken', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      data: { connectionId: connection.id, externalId: 'shop-1', connector: connection.connector, projectId: connection.projectId, ownerId: null, reason: 'reauth_required' },
    });
    const [{ id, headers }] = receiver.at(path) as [ReturnType<Receiver['at']>[number]];
    expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-signature': expect.stringMatching(/^v1,\S+$/) as string });
    expect(await outcomeOf(admin, webhook.id)).toMatchObject({ messageId: id, type: 'connection.broken', status: 'delivered', attempts: 1, lastStatus: 204, lastError: null, nextAttemptAt: null });
    expect(() => verified(receiver.at(path)[0]!, `whsec_${Buffer.alloc(32).toString('base64')}`)).toThrow();
  });

  it('that comes twice is one message, even where nobody remembers the first time', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook, path } = await here.create(admin);
    const [fact, id] = [here.fact(tenant), newId('event')];
    await here.broken(fact, id);
    await settled(webhook.id);
    const config = { databaseUrl: new Secret(registry.database.url), databasePoolSize: 3, databaseStatementTimeoutMs: 10_000 };
    const database = await createDataSource('test', config as never, registryDatabase).initialize();
    try {
      const hear = (eventId: string) => database.transaction((tx) => queueMessage(tx, { eventId, type: 'connection.broken', about: fact }));
      await Promise.all([hear(id), hear(id)]);
      const another = newId('event');
      await Promise.all([hear(another), hear(another)]);
    } finally {
      await database.destroy();
    }
    await settled(webhook.id, 2);
    expect(await rows(webhook.id)).toHaveLength(2);
    expect(new Set(receiver.at(path).map((one) => one.id)).size).toBe(receiver.at(path).length);
    expect(await registry.database.query(`SELECT 1 FROM registry.inbox WHERE consumer = 'webhook-connection-broken' AND event_id = $1`, [id])).toHaveLength(1);
  });

  it('of every kind is told, to who wants that kind', async () => {
    const { admin, ...tenant } = await here.tenant();
    const [all, some] = [await here.create(admin), await here.create(admin, { events: ['credential.expiring'] })];
    const fact = here.fact(tenant);
    await here.broken(fact);
    await registry.tell(connectionRecovered, fact, newId('event'));
    await registry.tell(credentialRefreshed, { ...fact, credentialVersion: 3, expiresAt: '2027-01-01T00:00:00.000Z' }, newId('event'));
    await here.expiring(fact);
    const told = (await receiver.wait(all.path, 4)).map((one) => verified(one, all.secret));
    expect(Object.fromEntries(told.map(({ type, data }) => [type, data]))).toEqual({
      'connection.broken': expect.objectContaining({ reason: 'reauth_required' }) as object,
      'connection.recovered': { connectionId: fact.connectionId, externalId: null, connector: 'sandbox_crm', projectId: fact.projectId, ownerId: null },
      'credential.refreshed': expect.objectContaining({ expiresAt: '2027-01-01T00:00:00.000Z' }) as object,
      'credential.expiring': expect.objectContaining({ expiresAt: '2027-01-01T00:00:00.000Z', what: 'refresh' }) as object,
    });
    expect((await receiver.wait(some.path)).map((one) => verified(one, some.secret).type)).toEqual(['credential.expiring']);
  });

  it('goes to the project and its platform, and nowhere else; of what is shared to those it is shared with', async () => {
    const home = await here.tenant();
    const neighbour = await registry.tenant({ platformId: home.platform.id });
    const manager = await registry.platformPrincipal(home.platform.id);
    const own = await here.create(home.admin);
    const next = await here.create(await neighbour.principalWith(['admin']));
    const elsewhere = await here.tenant();
    const foreign = await here.create(elsewhere.admin);
    const ofForeign = await here.create(await registry.platformPrincipal(elsewhere.platform.id));
    const ofPlatform = await here.create(manager);
    expect(ofPlatform.webhook.projectId).toBeNull();
    await here.broken(here.fact(home));
    await receiver.wait(own.path);
    await receiver.wait(ofPlatform.path);
    const shared = await registry.call(connections.connect, { principal: manager, connector: 'sandbox_graphql', inputs: {}, scope: 'PLATFORM', projectIds: [neighbour.project.id], value: verbs(() => registry).key(), allowOtherAccount: true });
    await here.broken(here.fact(home, { projectId: null, connectionId: shared.id }));
    await receiver.wait(next.path);
    await receiver.wait(ofPlatform.path, 2);
    await Promise.all([own, next].map(({ webhook }) => settled(webhook.id)));
    await settled(ofPlatform.webhook.id, 2);
    expect([own, next, foreign, ofForeign].map(({ path }) => receiver.at(path).length)).toEqual([1, 1, 0, 0]);
    for (const { webhook } of [foreign, ofForeign]) expect(await rows(webhook.id)).toEqual([]);
  });

  it('is not kept for a webhook that is disabled, and what waited is sent when it is enabled', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path } = await here.create(admin);
    receiver.answer(path, status(503, { 'retry-after': '3600' }));
    await here.broken(here.fact(tenant));
    await waitFor(async () => (await rows(id))[0]?.tries === 1, { what: 'the first attempt' });
    expect(await here.change(admin, id, { enabled: false })).toMatchObject({ enabled: false, state: 'disabled', stateReason: 'Disabled on request.' });
    await here.broken(here.fact(tenant));
    const { webhook: { id: witness } } = await here.create(admin);
    await here.broken(here.fact(tenant));
    await settled(witness);
    expect(await rows(id)).toHaveLength(1);
    receiver.answer(path, status(200));
    expect(await here.change(admin, id, { enabled: true })).toMatchObject({ state: 'active', stateReason: null, consecutiveFailures: 0 });
    expect(await outcomeOf(admin, id)).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('goes with the webhook that is deleted', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path } = await here.create(admin);
    receiver.answer(path, status(500));
    await here.broken(here.fact(tenant));
    await receiver.wait(path);
    await registry.call(webhooks.delete, { principal: admin, id });
    expect(await rows(id)).toEqual([]);
    expect(await registry.database.query('SELECT 1 FROM registry.webhook_secret WHERE webhook_id = $1', [id])).toEqual([]);
  });
});

describe('an attempt', () => {
  it('that fails is made again until one succeeds, with the same id and body', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path, secret } = await here.create(admin);
    receiver.answer(path, (response, nth) => void response.writeHead(nth < 3 ? 500 : 200).end());
    await here.broken(here.fact(tenant));
    expect(await outcomeOf(admin, id)).toMatchObject({ status: 'delivered', attempts: 3, lastStatus: 200 });
    const all = receiver.at(path);
    expect(new Set(all.map((one) => `${one.id} ${one.body}`)).size).toBe(1);
    for (const one of all) verified(one, secret);
    expect(await here.get(admin, id)).toMatchObject({ consecutiveFailures: 0, state: 'active' });
  });

  it('that the endpoint wants later is not made before, in seconds or by a date; and is held against nobody', async () => {
    const { admin, ...tenant } = await here.tenant();
    const seconds = await here.create(admin);
    const date = await here.create(admin);
    receiver.answer(seconds.path, (response, nth) => void (nth === 1 ? response.writeHead(429, { 'retry-after': '2' }) : response.writeHead(200)).end());
    receiver.answer(date.path, (response, nth) => void (nth === 1 ? response.writeHead(429, { 'retry-after': new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 2_000).toUTCString() }) : response.writeHead(200)).end());
    await here.broken(here.fact(tenant));
    await here.expiring(here.fact(tenant));
    for (const { webhook: { id } } of [seconds, date]) {
      await waitFor(async () => (await rows(id)).some(({ tries }) => tries > 0), { what: 'the refusal to be noted' });
      expect((await here.get(admin, id)).consecutiveFailures).toBe(0);
    }
    for (const { path, webhook } of [seconds, date]) {
      await settled(webhook.id, 2);
      const [first, ...later] = receiver.at(path);
      // The second message, too, waited for its turn, unless it was on its way already.
      expect(later.filter(({ id }) => id === first!.id).every(({ at }) => at - first!.at >= 1_900)).toBe(true);
    }
  });

  it.each<[string, Parameters<Receiver['answer']>[1], string]>([
    ['hangs', () => undefined, 'within 1000 ms'],
    ['redirects', (response) => void response.writeHead(302, { location: receiver.url('/elsewhere') }).end(), 'redirects are not followed'],
    ['breaks off', (_, __, ___, request) => void request.socket.destroy(), ''],
  ])('fails that %s, and is given up after the last', async (_, answer, words) => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path } = await here.create(admin);
    receiver.answer(path, answer);
    await registry.database.query('UPDATE registry.webhook SET url = $2 WHERE id = $1', [id, receiver.url(path)]);
    await here.broken(here.fact(tenant));
    await waitFor(async () => (await rows(id))[0]?.tries === 1, { what: 'the first attempt' });
    await registry.database.query('UPDATE registry.webhook_delivery SET tries = 6 WHERE webhook_id = $1', [id]);
    await waitFor(async () => (await rows(id))[0]?.status === 'given_up', { what: 'the message to be given up' });
    expect(await here.deliveries(admin, id, 'given_up')).toMatchObject([{ lastError: expect.stringContaining(words) as string, nextAttemptAt: null }]);
    expect(await here.deliveries(admin, id, 'waiting')).toEqual([]);
    expect(receiver.at('/elsewhere')).toEqual([]);
  });

  it('whose answer is long succeeds all the same', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path } = await here.create(admin);
    receiver.answer(path, (response) => void response.writeHead(200).end('x'.repeat(200_000)));
    await here.broken(here.fact(tenant));
    expect(await outcomeOf(admin, id)).toMatchObject({ status: 'delivered', attempts: 1, lastStatus: 200 });
  });

  it('that is answered 410 Gone disables the webhook at once, and is in the audit log', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path } = await here.create(admin);
    receiver.answer(path, status(410));
    await here.broken(here.fact(tenant));
    expect(await here.state(admin, id, 'disabled')).toMatchObject({ enabled: false, stateReason: 'It answered 410 Gone.' });
    const { data } = await registry.call(audits.list, { principal: admin, limit: 100, targetId: id });
    expect(data).toEqual(expect.arrayContaining([expect.objectContaining({ action: 'webhook.disabled', details: { why: 'gone' }, actor: expect.objectContaining({ kind: 'service' }) as object })]));
  });
});

describe('a replay', () => {
  it('sends a message once more under its id, whatever became of it; those that wait are left to wait', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path } = await here.create(admin);
    const since = new Date(Date.now() - 60_000).toISOString();
    const again = (over: { messageId?: string; since?: string; delivered?: boolean }) => registry.call(webhooks.replay, { principal: admin, id, delivered: false, ...over });
    await here.broken(here.fact(tenant));
    await here.expiring(here.fact(tenant));
    await settled(id, 2);
    const [first, second] = await here.deliveries(admin, id);
    expect(await again({ messageId: first!.messageId })).toEqual({ replayed: 1 });
    await receiver.wait(path, 3);
    expect(receiver.at(path)[2]!.id).toBe(first!.messageId);
    await settled(id, 2);
    expect(await again({ since })).toEqual({ replayed: 0 });
    await registry.database.query(`UPDATE registry.webhook_delivery SET status = 'given_up' WHERE webhook_id = $1 AND message_id = $2`, [id, second!.messageId]);
    expect(await again({ since: new Date(Date.now() + 60_000).toISOString() })).toEqual({ replayed: 0 });
    expect(await again({ since })).toEqual({ replayed: 1 });
    await receiver.wait(path, 4);
    await settled(id, 2);
    expect(await again({ since, delivered: true })).toEqual({ replayed: 2 });
    await receiver.wait(path, 6);
    for (const wrong of [{}, { messageId: first!.messageId, since }]) expect(await codeOf(again(wrong))).toBe('VALIDATION');
    expect(await codeOf(again({ messageId: 'msg_unknown' }))).toBe('ENTITY_NOT_FOUND');
  });

  it('forgets what is older than thirty days', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id } } = await here.create(admin);
    await here.broken(here.fact(tenant));
    await settled(id);
    const messageId = (await rows(id))[0]!.message_id;
    await registry.database.query(`UPDATE registry.webhook_message SET created_at = now() - interval '31 days' WHERE id = $1`, [messageId]);
    await (await registry.startAnother()).close();
    await waitFor(async () => (await rows(id)).length === 0, { what: 'the message to be forgotten' });
  });
});
