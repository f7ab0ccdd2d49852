import { oauthApps, Secret, type Principal } from '@trunkline/contracts';
import { codeOf, operator, startBroker, type Broker } from './harness.js';

let broker: Broker;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.stop());

const admin = (over: Partial<Principal> = {}): Principal => ({
  kind: 'api_key', id: 'key_1', platformId: 'plat_a', projectId: null, userId: null, scopes: ['admin'], ...over,
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
  });
});
