import { oauthApps } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { World } from './world.js';

const app = {
  id: 'app_1', platformId: 'plat_1', projectId: 'proj_1', connector: 'hubspot', clientId: 'client-1', created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z',
};
const path = '/api/v1/oauth-apps';

describe('OAuth apps', () => {
  let world: World;
  const puts: object[] = [];
  const lists: object[] = [];
  beforeAll(async () => {
    world = await World.start();
    await world.answer(oauthApps.put)(({ principal, oauthApp: { clientSecret, ...rest } }) => {
      puts.push({ who: principal.id, ...rest, clientSecret: clientSecret?.reveal() });
      // Whatever comes with the answer, only what is public leaves.
      return { ...app, ...({ clientSecret: 'canary' } as object) };
    });
    await world.answer(oauthApps.list)(({ principal: _, ...request }) => {
      lists.push(request);
      return { data: [app, { ...app, id: 'app_0', platformId: null, projectId: null }], next: 'more', previous: null };
    });
    await world.answer(oauthApps.get)(({ id }) => {
      if (id !== app.id) throw AppError.notFound('oauth_app', id);
      return app;
    });
    await world.answer(oauthApps.delete)(({ id }) => {
      if (id !== app.id) throw new AppError('CONFLICT', 'Somebody is at a consent page with this OAuth app just now.');
      return { deleted: id };
    });
  });
  afterAll(() => world?.stop());

  it('are stored, and answered without their secret', async () => {
    const body = { connector: 'hubspot', clientId: 'client-1', clientSecret: 'shh' };
    const stored = await world.call(path, { method: 'POST', key: 'admin', body });
    expect([stored.status, await stored.json()]).toEqual([201, app]);
    expect(puts).toEqual([{ who: 'key_admin', ...body }]);
  });

  it('are listed in pages, read one by one and deleted', async () => {
    expect(await (await world.call(`${path}?connector=hubspot&limit=2`, { key: 'admin' })).json()).toMatchObject({ data: [{ id: 'app_1' }, { id: 'app_0', platformId: null }], next: 'more' });
    expect(lists).toEqual([{ connector: 'hubspot', limit: 2 }]);
    expect(await (await world.call(`${path}/app_1`, { key: 'admin' })).json()).toEqual(app);
    expect(await (await world.call(`${path}/app_1`, { key: 'admin', method: 'DELETE' })).json()).toEqual({ deleted: 'app_1' });
    expect((await world.call(`${path}/app_2`, { key: 'admin' })).status).toBe(404);
    expect((await world.call(`${path}/app_2`, { key: 'admin', method: 'DELETE' })).status).toBe(409);
  });

  it('are for admins', async () => {
    for (const method of ['GET', 'POST'] as const) expect((await world.call(path, { method, ...(method === 'POST' ? { body: {} } : {}) })).status).toBe(403);
    expect((await world.call(`${path}/app_1`, { method: 'DELETE' })).status).toBe(403);
  });

  it.each<[string, string, object]>([
    ['a page that is too long', `${path}?limit=101`, {}],
    ['a filter nobody knows', `${path}?colour=red`, {}],
    ['a member nobody knows', path, { method: 'POST', body: { connector: 'hubspot', clientId: 'x', tokenUrl: 'https://evil.test' } }],
    ['no client id', path, { method: 'POST', body: { connector: 'hubspot' } }],
    ['an id that is none', `${path}/..%2Fx`, { method: 'DELETE' }],
  ])('refuse %s', async (_, where, init) => {
    expect((await world.call(where, { key: 'admin', ...init })).status).toBe(400);
  });
});
