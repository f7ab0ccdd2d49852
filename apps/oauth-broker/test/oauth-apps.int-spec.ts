import { oauthApps, Secret, type Principal } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { Client } from 'pg';
import { codeOf, operator, startBroker, type Broker } from './harness.js';

let broker: Broker;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.stop());

const admin = (over: Partial<Principal> = {}): Principal => ({
  kind: 'api_key', id: 'key_1', reach: over.projectId === undefined ? 'platform' : 'project', platformId: 'plat_a', projectId: null, userId: null, scopes: ['admin'], ...over,
});
const put = (principal: Principal, over: object = {}) =>
  broker.call(oauthApps.put, { principal, oauthApp: { connector: 'sandbox_crm', clientId: 'client-1', clientSecret: new Secret('shh'), ...over } });
const reveal = (oauthAppId: string) => broker.call(oauthApps.reveal, { oauthAppId });

describe('an OAuth app', () => {
  it('is stored sealed, answered without its secret, and revealed to the keeper', async () => {
    const app = await put(admin());
    expect(app).toMatchObject({ platformId: 'plat_a', projectId: null, connector: 'sandbox_crm', clientId: 'client-1' });
    expect(JSON.stringify(app)).not.toContain('shh');
    const revealed = await reveal(app.id);
    expect({ clientId: revealed.clientId, clientSecret: revealed.clientSecret?.reveal() }).toEqual({ clientId: 'client-1', clientSecret: 'shh' });
  });

  it('put again keeps its id and takes the new client', async () => {
    const first = await put(admin());
    const second = await put(admin(), { clientId: 'client-2', clientSecret: new Secret('new') });
    expect(second.id).toBe(first.id);
    expect((await reveal(first.id)).clientSecret?.reveal()).toBe('new');
  });

  it('is one for each owner and connector, however many put it at once', async () => {
    const putOne = (index: number) => put(admin({ platformId: 'plat_b' }), { clientId: `client-${index}`, clientSecret: new Secret(`secret-${index}`) });
    const apps = await Promise.all(Array.from({ length: 20 }, (_, index) => putOne(index)));
    expect(new Set(apps.map(({ id }) => id)).size).toBe(1);
    // Client id and secret were written by one statement, so they belong together.
    const { clientId, clientSecret } = await reveal(apps[0]!.id);
    expect(clientSecret?.reveal()).toBe(clientId.replace('client', 'secret'));
    const other = await put(admin({ platformId: 'plat_b', projectId: 'proj_b' }));
    expect(other.id).not.toBe(apps[0]!.id);
  });

  it('moved into the row of another app does not open', async () => {
    const [mine, theirs] = [await put(admin({ platformId: 'plat_c' })), await put(admin({ platformId: 'plat_d' }))];
    const copy = 'UPDATE oauth.oauth_app SET sealed_client_secret = (SELECT sealed_client_secret FROM oauth.oauth_app WHERE id = $1) WHERE id = $2';
    await broker.database.query(copy, [mine.id, theirs.id]);
    expect(await codeOf(reveal(theirs.id))).toBe('INTERNAL');
  });

  it.each([
    ['an unknown connector', { connector: 'no_such_system' }, 'ENTITY_NOT_FOUND'],
    ['a missing secret where the connector asks for one', { clientSecret: undefined }, 'VALIDATION'],
    ['a foreign platform', { platformId: 'plat_z' }, 'ENTITY_NOT_FOUND'],
  ])('is refused for %s', async (_, over, code) => {
    expect(await codeOf(put(admin(), over))).toBe(code);
  });

  it('is for admins', async () => {
    expect(await codeOf(put(admin({ scopes: ['connections:write'] })))).toBe('AUTHORIZATION');
    expect(await codeOf(put(operator))).toBe('VALIDATION');
    expect(await codeOf(put(operator, { platformId: 'plat_e' }))).toBe('no error');
  });

  it('that is unknown is not found', async () => {
    expect(await codeOf(reveal('app_0'))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(broker.call(oauthApps.get, { principal: admin(), id: 'app_0' }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(broker.call(oauthApps.delete, { principal: admin(), id: 'app_0' }))).toBe('ENTITY_NOT_FOUND');
  });

  it('built in is one for the installation, stored by the operator alone', async () => {
    const first = await put(operator, { builtIn: true });
    const second = await put(operator, { builtIn: true, clientSecret: new Secret('changed') });
    expect(second).toMatchObject({ id: first.id, platformId: null, projectId: null });
    expect((await reveal(first.id)).clientSecret?.reveal()).toBe('changed');
    expect(await codeOf(put(admin(), { builtIn: true }))).toBe('AUTHORIZATION');
    expect(await codeOf(put(operator, { builtIn: true, platformId: 'plat_a' }))).toBe('VALIDATION');
  });
});

describe('whose apps are seen', () => {
  const [ofPlatform, ofProject] = [admin({ platformId: 'plat_l' }), admin({ platformId: 'plat_l', projectId: 'proj_l' })];
  const list = async (principal: Principal, over: object = {}) => (await broker.call(oauthApps.list, { principal, limit: 100, ...over })).data;

  it("one's own and those above, never a neighbour's, never a secret", async () => {
    const builtIn = await put(operator, { builtIn: true });
    const platforms = await put(ofPlatform);
    const projects = await put(ofProject);
    const neighbours = await put(admin({ platformId: 'plat_l', projectId: 'proj_m' }));
    const foreign = await put(admin({ platformId: 'plat_m' }));
    const seen = async (principal: Principal) => {
      const ids = (await list(principal)).map(({ id }) => id);
      return [builtIn, platforms, projects, neighbours, foreign].map(({ id }) => ids.includes(id));
    };
    expect(await seen(ofProject)).toEqual([true, true, true, false, false]);
    expect(await seen(ofPlatform)).toEqual([true, true, true, true, false]);
    expect(await seen(operator)).toEqual([true, true, true, true, true]);
    expect(JSON.stringify(await list(ofPlatform))).not.toContain('shh');
    for (const { id } of [neighbours, foreign]) {
      expect(await codeOf(broker.call(oauthApps.get, { principal: ofProject, id }))).toBe('ENTITY_NOT_FOUND');
      expect(await codeOf(broker.call(oauthApps.delete, { principal: ofProject, id }))).toBe('ENTITY_NOT_FOUND');
    }
    expect((await broker.call(oauthApps.get, { principal: ofProject, id: platforms.id })).clientId).toBe('client-1');
    for (const id of [platforms.id, builtIn.id]) expect(await codeOf(broker.call(oauthApps.delete, { principal: ofProject, id }))).toBe('AUTHORIZATION');
    expect(await codeOf(broker.call(oauthApps.delete, { principal: ofPlatform, id: builtIn.id }))).toBe('AUTHORIZATION');
    expect(await codeOf(list(admin({ scopes: ['connections:read'] })))).toBe('AUTHORIZATION');
    expect(await list(ofPlatform, { connector: 'sandbox_graphql' })).toEqual([]);
  });

  it('page by page, with cursors that are good for nobody else', async () => {
    for (const projectId of ['proj_1', 'proj_2', 'proj_3', 'proj_4', 'proj_5']) await put(admin({ platformId: 'plat_p', projectId }));
    const principal = admin({ platformId: 'plat_p' });
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const answered = await broker.call(oauthApps.list, { principal, limit: 2, cursor });
      ids.push(...answered.data.filter(({ platformId }) => platformId !== null).map(({ id }) => id));
      cursor = answered.next ?? undefined;
      if (cursor !== undefined) expect(await codeOf(broker.call(oauthApps.list, { principal: ofPlatform, limit: 2, cursor }))).toBe('VALIDATION');
    } while (cursor !== undefined);
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
  });
});

describe('deleting an app', () => {
  it('is refused while somebody is at a consent page with it, and told when it is done', async () => {
    const app = await broker.putApp();
    const walk = await broker.start();
    const remove = () => broker.call(oauthApps.delete, { principal: operator, id: app.id });
    await expect(remove()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('consent page') as string });
    await broker.complete(walk, broker.provider.consent(walk.authorizationUrl));
    expect(await remove()).toEqual({ deleted: app.id });
    expect(await codeOf(remove())).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(reveal(app.id))).toBe('ENTITY_NOT_FOUND');
    await waitFor(() => broker.audited(app.id).includes('oauth_app.deleted'), { what: 'the audit entry' });
    expect(broker.audited(app.id)).toEqual(['oauth_app.stored', 'oauth_app.deleted']);
  });

  it('and beginning a walk with it at once: either the walk holds it or there is no walk', async () => {
    for (let round = 0; round < 8; round += 1) {
      const app = await broker.putApp();
      const [deleted, started] = await Promise.all([codeOf(broker.call(oauthApps.delete, { principal: operator, id: app.id })), codeOf(broker.start({ type: 'PLATFORM_OAUTH2' }))]);
      const held = (await broker.database.query('SELECT 1 FROM oauth."authorization" WHERE oauth_app_id = $1', [app.id])).length > 0;
      expect(deleted).toBe(held ? 'CONFLICT' : 'no error');
      expect(started).toBe(held ? 'no error' : 'OAUTH_APP_MISSING');
      await broker.database.query('DELETE FROM oauth."authorization"');
    }
  });
});

describe('the second wall', () => {
  it('hides the apps and walks of others from a query that forgot its tenant', async () => {
    await broker.putApp();
    await broker.database.query('DELETE FROM oauth."authorization"');
    await broker.start();
    await put(admin({ platformId: 'plat_w', projectId: 'proj_w' }));
    const seen = async (platformId: string, projectId: string) => {
      const client = new Client({ connectionString: broker.database.url });
      await client.connect();
      try {
        await client.query('BEGIN');
        await client.query(`SELECT set_config('trunkline.platform', $1, true), set_config('trunkline.project', $2, true), set_config('role', 'trunkline_tenant', true)`, [platformId, projectId]);
        const apps = await client.query<{ platform_id: string | null; project_id: string | null }>('SELECT platform_id, project_id FROM oauth.oauth_app');
        const walks = await client.query('SELECT id FROM oauth."authorization"');
        const changed = await client.query(`UPDATE oauth.oauth_app SET client_id = 'mine' WHERE project_id IS NULL`);
        return { owners: [...new Set(apps.rows.map((row) => `${row.platform_id}/${row.project_id}`))].sort(), walks: walks.rowCount, changed: changed.rowCount };
      } finally {
        await client.end();
      }
    };
    expect(await seen('plat_w', 'proj_w')).toEqual({ owners: ['null/null', 'plat_w/proj_w'], walks: 0, changed: 0 });
    expect((await seen('plat_1', 'proj_1')).walks).toBe(1);
    expect(await seen('', '')).toEqual({ owners: ['null/null'], walks: 0, changed: 0 });
  });
});
