import { audits, webhooks } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { codeOf, startRegistry, type Registry } from './harness.js';
import { startReceiver, status, verified, webhookVerbs, type Receiver } from './webhook-receiver.js';

let registry: Registry;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  registry = await startRegistry({ TRUNKLINE_EGRESS_ALLOW: receiver.authority });
});
afterAll(async () => {
  await registry?.stop();
  await receiver?.close();
});
const here = webhookVerbs(() => registry, () => receiver);

describe('a webhook', () => {
  it('shows its secret when it is made, and never again', async () => {
    const { admin, principal, platform, project } = await here.tenant();
    const { webhook, secret, path } = await here.create(admin, { description: 'Mine', events: ['connection.broken', 'connection.broken'] });
    expect(Buffer.from(/^whsec_(.+)$/.exec(secret)![1]!, 'base64')).toHaveLength(32);
    expect(webhook).toMatchObject({ platformId: platform.id, projectId: project.id, url: receiver.url(path), description: 'Mine', events: ['connection.broken'], enabled: true, state: 'active', stateReason: null, consecutiveFailures: 0, formerSecretUntil: null });
    const got = await here.get(principal, webhook.id);
    expect(got).not.toHaveProperty('secret');
    expect(JSON.stringify([got, await registry.call(webhooks.list, { principal, limit: 100 })])).not.toContain(secret);
    const [kept] = await registry.database.query<{ sealed_secret: Buffer }>('SELECT sealed_secret FROM registry.webhook_secret WHERE webhook_id = $1', [webhook.id]);
    expect(kept!.sealed_secret.includes(Buffer.from(secret))).toBe(false);
    const { secret: another } = await here.create(admin);
    expect(another).not.toBe(secret);
  });

  it('is for admins to make and change, and for readers to read', async () => {
    const { admin, principal, principalWith } = await here.tenant();
    const { webhook } = await here.create(admin);
    const { id } = webhook;
    const nobody = await principalWith(['flows:read']);
    expect(await codeOf(here.create(principal))).toBe('AUTHORIZATION');
    for (const work of [() => here.change(principal, id, { enabled: false }), () => registry.call(webhooks.delete, { principal, id }), () => registry.call(webhooks.rotate, { principal, id, overlapHours: 1 }), () => registry.call(webhooks.ping, { principal, id }), () => registry.call(webhooks.replay, { principal, id, messageId: 'msg_1', delivered: false })]) {
      expect(await codeOf(work())).toBe('AUTHORIZATION');
    }
    expect(await codeOf(here.get(nobody, id))).toBe('AUTHORIZATION');
    expect((await here.get(principal, id)).id).toBe(id);
    expect(await here.deliveries(principal, id)).toEqual([]);
    expect(await codeOf(here.create(registry.operator))).toBe('AUTHORIZATION');
  });

  it('of another tenant is like one that is not there, for every verb', async () => {
    const home = await here.tenant();
    const neighbour = await registry.tenant({ platformId: home.platform.id });
    const others = [await neighbour.principalWith(['admin']), (await here.tenant()).admin];
    const { webhook: { id } } = await here.create(home.admin);
    for (const principal of others) {
      for (const about of [id, 'hook_unknown']) {
        const work = [
          here.get(principal, about), here.change(principal, about, { description: 'x' }), registry.call(webhooks.delete, { principal, id: about }), registry.call(webhooks.rotate, { principal, id: about, overlapHours: 1 }),
          registry.call(webhooks.ping, { principal, id: about }), here.deliveries(principal, about), registry.call(webhooks.replay, { principal, id: about, messageId: 'msg_1', delivered: false }),
        ];
        expect(await Promise.all(work.map(codeOf))).toEqual(work.map(() => 'ENTITY_NOT_FOUND'));
      }
      expect((await registry.call(webhooks.list, { principal, limit: 100 })).data).toEqual([]);
    }
    const manager = await registry.platformPrincipal(home.platform.id);
    expect((await registry.call(webhooks.list, { principal: manager, limit: 100 })).data.map((one) => one.id)).toEqual([id]);
    // The second wall: a statement that forgot its tenant, and one that wants a secret.
    for (const table of ['webhook', 'webhook_delivery']) expect(await registry.asTenant('plat_0', '', `SELECT * FROM registry.${table}`)).toEqual([]);
    expect(await registry.asTenant(home.platform.id, neighbour.project.id, 'SELECT id FROM registry.webhook')).toEqual([]);
    await expect(registry.asTenant(home.platform.id, home.project.id, 'SELECT sealed_secret FROM registry.webhook_secret')).rejects.toThrow('permission denied');
    await expect(registry.asTenant(home.platform.id, home.project.id, 'SELECT * FROM registry.webhook_message')).rejects.toThrow('permission denied');
  });

  it.each(['https://127.0.0.1/x', 'https://169.254.169.254/latest', 'https://[::ffff:7f00:1]/', 'https://localhost/x', 'https://10.0.0.1/', 'http://example.com/', 'https://u:p@example.com/', 'https://example.com:22/', 'https://metadata.google.internal/'])(
    'is not made for, nor led to, %s',
    async (url) => {
      const { admin } = await here.tenant();
      expect(await codeOf(here.create(admin, { url }))).toBe('VALIDATION');
      const { webhook } = await here.create(admin);
      expect(await codeOf(here.change(admin, webhook.id, { url }))).toBe('VALIDATION');
      expect((await here.get(admin, webhook.id)).url).toBe(webhook.url);
    },
  );

  it('whose name leads inside by now is sent nothing', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook } = await here.create(admin);
    await registry.database.query(`UPDATE registry.webhook SET url = 'https://localhost/hook' WHERE id = $1`, [webhook.id]);
    await here.broken(here.fact(tenant));
    await waitFor(async () => (await here.get(admin, webhook.id)).consecutiveFailures > 0, { what: 'a failed attempt' });
    expect(await here.deliveries(admin, webhook.id)).toMatchObject([{ lastStatus: null, lastError: expect.stringContaining('localhost') as string }]);
    expect((await registry.call(webhooks.ping, { principal: admin, id: webhook.id })).delivered).toBe(false);
  });

  it('is pinged whether it is enabled or not, and answers for itself', async () => {
    const { admin } = await here.tenant();
    const { webhook: { id }, path, secret } = await here.create(admin, { enabled: false });
    expect(await registry.call(webhooks.ping, { principal: admin, id })).toEqual({ delivered: true, status: 204, message: null });
    expect(verified((await receiver.wait(path))[0]!, secret)).toMatchObject({ type: 'webhook.ping', data: { webhookId: id } });
    receiver.answer(path, status(500));
    expect(await registry.call(webhooks.ping, { principal: admin, id })).toEqual({ delivered: false, status: 500, message: 'it answered 500' });
    expect(await here.get(admin, id)).toMatchObject({ consecutiveFailures: 0, state: 'disabled' });
  });

  it('is in the audit log with every change, without address or secret', async () => {
    const { admin } = await here.tenant();
    const { webhook: { id }, secret } = await here.create(admin);
    await here.change(admin, id, { url: receiver.url('/moved?token=canary') });
    await here.change(admin, id, {});
    await registry.call(webhooks.rotate, { principal: admin, id, overlapHours: 1 });
    await registry.call(webhooks.delete, { principal: admin, id });
    expect(await codeOf(registry.call(webhooks.delete, { principal: admin, id }))).toBe('ENTITY_NOT_FOUND');
    const { data } = await registry.call(audits.list, { principal: admin, limit: 100, targetId: id });
    expect(data.map(({ action }) => action).sort()).toEqual(['webhook.created', 'webhook.deleted', 'webhook.secret_rotated', 'webhook.updated']);
    expect(JSON.stringify(data)).not.toMatch(new RegExp(`canary|${secret.slice(6, 20).replaceAll(/[+/]/g, '.')}`));
  });
});
