import { Secret, webhooks, type Webhook } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { World } from './world.js';

const hook: Webhook = {
  id: 'hook_1', platformId: 'plat_1', projectId: 'proj_1', url: 'https://example.com/hook', description: '', events: null, enabled: true, state: 'active', stateReason: null,
  consecutiveFailures: 0, formerSecretUntil: null, created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z',
};
const delivery = {
  messageId: 'msg_1', webhookId: 'hook_1', type: 'connection.broken', status: 'given_up' as const, attempts: 10, lastAttemptAt: '2026-01-01T00:00:00.000Z', nextAttemptAt: null,
  lastStatus: 500, lastError: 'it answered 500', created: '2026-01-01T00:00:00.000Z',
};
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('webhooks', () => {
  let world: World;
  const asked: unknown[] = [];
  beforeAll(async () => {
    world = await World.start();
    await world.answer(webhooks.create)(({ principal, webhook }) => {
      asked.push({ project: principal.projectId, ...webhook });
      return { ...hook, secret: new Secret(secret), ...({ sealed: 'canary' } as object) };
    });
    await world.answer(webhooks.list)(() => ({ data: [hook], next: null, previous: null }));
    await world.answer(webhooks.get)(({ id }) => {
      if (id !== hook.id) throw AppError.notFound('webhook', id);
      return { ...hook, ...({ secret: 'canary' } as object) };
    });
    await world.answer(webhooks.update)(({ change }) => {
      asked.push(change);
      return hook;
    });
    await world.answer(webhooks.delete)(({ id }) => ({ deleted: id }));
    await world.answer(webhooks.rotate)(({ overlapHours }) => {
      asked.push(overlapHours);
      return { ...hook, secret: new Secret(secret) };
    });
    await world.answer(webhooks.ping)(() => ({ delivered: false, status: 500, message: 'it answered 500' }));
    await world.answer(webhooks.deliveries)(({ status, limit }) => {
      asked.push({ status, limit });
      return { data: [delivery], next: null, previous: null };
    });
    await world.answer(webhooks.replay)(({ messageId, since, delivered }) => {
      asked.push({ messageId, since, delivered });
      return { replayed: 2 };
    });
  });
  afterAll(() => world?.stop());
  beforeEach(() => void asked.splice(0));

  const path = '/api/v1/webhooks';
  const post = (to: string, body: unknown, key = 'admin') => world.call(to, { method: 'POST', key, body });

  it('show their secret to whoever makes one or rotates it, and nothing keeps that answer', async () => {
    const made = await post(path, { url: hook.url });
    expect([made.status, made.headers.get('cache-control'), await made.json()]).toEqual([201, 'no-store', { ...hook, secret }]);
    expect(asked).toEqual([{ project: 'proj_1', url: hook.url, description: '', events: null, enabled: true }]);
    const rotated = await post(`${path}/hook_1/rotate-secret`, {});
    expect([rotated.status, rotated.headers.get('cache-control'), await rotated.json()]).toEqual([200, 'no-store', { ...hook, secret }]);
    expect(asked[1]).toBe(24);
    expect(await (await world.call(`${path}/hook_1`)).json()).toEqual(hook);
  });

  it('are changed, pinged, replayed and deleted', async () => {
    expect(await (await post(`${path}/hook_1`, { enabled: false, events: ['connection.broken'] })).json()).toEqual(hook);
    expect(await (await post(`${path}/hook_1/ping`, undefined)).json()).toEqual({ delivered: false, status: 500, message: 'it answered 500' });
    expect(await (await post(`${path}/hook_1/replay`, { since: '2026-01-01T00:00:00Z' })).json()).toEqual({ replayed: 2 });
    expect(await (await world.call(`${path}/hook_1`, { method: 'DELETE', key: 'admin' })).json()).toEqual({ deleted: 'hook_1' });
    expect(asked).toEqual([{ enabled: false, events: ['connection.broken'] }, { messageId: undefined, since: '2026-01-01T00:00:00Z', delivered: false }]);
  });

  it('and their deliveries are listed, by status', async () => {
    expect(await (await world.call(path, { key: 'reader' })).json()).toEqual({ data: [hook], next: null, previous: null });
    expect(await (await world.call(`${path}/hook_1/deliveries?status=given_up&limit=7`, { key: 'reader' })).json()).toEqual({ data: [delivery], next: null, previous: null });
    expect(asked).toEqual([{ status: 'given_up', limit: 7 }]);
    expect((await world.call(`${path}/hook_1/deliveries?status=lost`)).status).toBe(400);
  });

  it('are read with connections:read; everything else takes an admin', async () => {
    for (const to of [path, `${path}/hook_1`, `${path}/hook_1/rotate-secret`, `${path}/hook_1/ping`, `${path}/hook_1/replay`]) {
      expect([to, (await post(to, { url: hook.url }, 'good')).status]).toEqual([to, 403]);
    }
    expect((await world.call(`${path}/hook_1`, { method: 'DELETE' })).status).toBe(403);
    expect((await world.call(path, { key: 'planner' })).status).toBe(403);
    expect((await world.call(`${path}/hook_2`)).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it.each<[string, string, unknown]>([
    ['no address', path, {}],
    ['what is no address', path, { url: 'hook' }],
    ['an unknown event', path, { url: hook.url, events: ['everything'] }],
    ['no event at all', path, { url: hook.url, events: [] }],
    ['a member nobody knows', path, { url: hook.url, secret: 'mine' }],
    ['an address that is too long', path, { url: `https://example.com/${'x'.repeat(2_048)}` }],
    ['an overlap of more than a week', `${path}/hook_1/rotate-secret`, { overlapHours: 169 }],
    ['a moment that is none', `${path}/hook_1/replay`, { since: 'yesterday' }],
  ])('refuse %s', async (_, to, body) => {
    expect((await post(to, body)).status).toBe(400);
    expect(asked).toEqual([]);
  });
});
