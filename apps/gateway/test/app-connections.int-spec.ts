import { authorizations, connections, connectionValue, flows, Secret, type Connection, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { connection, seen, World } from './world.js';

type Listed = RequestOf<typeof connections.list>;
type Connected = RequestOf<typeof connections.connect>;

const secretText = { type: 'SECRET_TEXT', secret_text: 'xoxb-your-slack-token' };
const slack = { displayName: 'My Slack Workspace', pieceName: '@activepieces/piece-slack', pieceVersion: '0.10.0', type: 'SECRET_TEXT', externalId: 'ext_slack_main', value: secretText };

describe('app connections, as the reference has them', () => {
  let world: World;
  const listed: Listed[] = [];
  const connected: Connected[] = [];
  const updates: unknown[] = [];
  const deleted: unknown[] = [];
  const replaced: unknown[] = [];
  const walks: RequestOf<typeof connections.authorize>[] = [];
  const byId: Record<string, Connection> = {
    conn_1: connection,
    conn_global: { ...connection, id: 'conn_global', scope: 'PLATFORM', projectId: null, projectIds: ['proj_1', 'proj_2'], preSelectForNewProjects: true },
  };
  const found = (id: string): Connection => {
    if (byId[id] === undefined) throw AppError.notFound('app_connection', id);
    return byId[id];
  };

  beforeAll(async () => {
    world = await World.start();
    await Promise.all([
      world.answer(connections.list)((request) => {
        listed.push(request);
        return { data: [{ ...connection, pieceName: '@activepieces/piece-hubspot', pieceVersion: '0.10.0' }], next: 'n3xt', previous: null };
      }),
      world.answer(connections.connect)((request) => {
        connected.push(request);
        if (request.value.type === 'SECRET_TEXT' && request.value.secretText.reveal() === 'wrong') throw new AppError('INVALID_APP_CONNECTION', 'The provider refused the key (401).');
        return { ...connection, type: request.value.type, pieceName: request.connector, pieceVersion: request.pieceVersion ?? null, externalId: request.externalId!, metadata: request.metadata ?? null, scope: request.scope };
      }),
      world.answer(connections.get)(({ id }) => found(id)),
      world.answer(connections.update)(({ id, change }) => {
        updates.push({ id, change });
        return { ...found(id), displayName: change.displayName ?? 'HubSpot', metadata: change.metadata ?? null };
      }),
      world.answer(connections.delete)(({ id, force }) => {
        found(id);
        if (!force) throw new AppError('VALIDATION', 'Connection is used in 3 active flows. Please remove it from flows first.');
        deleted.push(id);
        return { deleted: id };
      }),
      world.answer(connections.owners)(() => ({ data: [{ id: 'user_1', email: 'john.doe@example.com', firstName: 'John', lastName: 'Doe' }], next: null, previous: null })),
      world.answer(connections.replace)((request) => {
        if (request.sourceId === request.targetId) throw new AppError('CONFLICT', 'Source and target are the same connection.', { params: { sourceId: request.sourceId } });
        if (request.sourceId === 'conn_global') throw new AppError('AUTHORIZATION', 'Only an admin of the platform may do that.');
        found(request.sourceId);
        replaced.push({ from: request.sourceId, to: request.targetId, deleteSource: request.deleteSource });
        return { flowIds: [] };
      }),
      world.answer(connections.verify)(({ id }) => ({ connection: { ...found(id), status: 'degraded', statusReason: 'reauth_required' }, outcome: 'rejected', message: 'The provider refused the key (401).' })),
      world.answer(connections.authorize)((request) => {
        walks.push(request);
        return { connectionId: 'conn_9', connector: request.connector, expiresAt: '2026-01-01T00:10:00.000Z', authorizationUrl: 'https://provider.example/authorize?state=s' };
      }),
      world.answer(authorizations.url)(({ clientId, state }) => ({
        authorizationUrl: `https://provider.example/authorize?client_id=${clientId}`, state: state ?? 'made', codeVerifier: new Secret('verifier'), connector: 'slack',
      })),
      world.answer(flows.usage)(({ connectionIds }) => ({ flowIds: Object.fromEntries(connectionIds.map((id) => [id, ['flow_xyz']])), enabled: {} })),
    ]);
  });
  afterAll(() => world?.stop());

  it('are listed with every member of the reference\'s example, and without a value', async () => {
    expect(await seen(await world.call('/api/v1/app-connections'))).toEqual([200, {
      data: [{
        id: 'conn_1', externalId: 'ext_1', displayName: 'HubSpot', type: 'OAUTH2', pieceName: '@activepieces/piece-hubspot', pieceVersion: '0.10.0', projectIds: ['proj_1'], platformId: 'plat_1',
        scope: 'PROJECT', status: 'ACTIVE', statusReason: null, ownerId: 'user_1', owner: { email: 'user@company.com', firstName: 'John', lastName: 'Doe' }, metadata: null, flowIds: ['flow_xyz'],
        preSelectForNewProjects: false, expires: null, created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z',
      }],
      next: 'n3xt', previous: null,
    }]);
    expect(listed.at(-1)).toMatchObject({ limit: 10 });
  });

  it.each([
    ['status=ACTIVE', { status: ['active', 'degraded'], statusReason: ['calls_failing'] }],
    ['status=MISSING', { status: ['pending', 'missing'] }],
    ['status=ACTIVE&status=ERROR', { status: ['active', 'degraded', 'disabled'] }],
    ['status[]=ACTIVE&status[]=ERROR', { status: ['active', 'degraded', 'disabled'] }],
    ['status=ACTIVE,ERROR', { status: ['active', 'degraded', 'disabled'] }],
    ['pieceName=%40activepieces%2Fpiece-slack&displayName=main&scope=PLATFORM', { connector: '@activepieces/piece-slack', displayName: 'main', scope: 'PLATFORM' }],
    ['limit=100&cursor=abc&projectId=proj_1', { limit: 100, cursor: 'abc' }],
  ])('are listed by %s', async (query, expected) => {
    expect((await world.call(`/api/v1/app-connections?${query}`)).status).toBe(200);
    const { principal: _, ...asked } = listed.at(-1)!;
    expect(asked).toEqual({ limit: 10, ...expected });
  });

  it.each(['limit=abc', 'limit=1e2', 'limit=0', 'limit=101', 'limit=', 'limit=5&limit=5', 'limit=%2B5', 'limit=5.0', 'status=WRONG', 'status=', 'scope=OTHER', 'unknown=1', 'projectId=', 'projectId=a&projectId=b', 'cursor=', '__proto__=x', 'constructor=x'])(
    'are not listed by %s',
    async (query) => {
      const before = listed.length;
      expect(await seen(await world.call(`/api/v1/app-connections?${query}`))).toMatchObject([400, { code: 'VALIDATION' }]);
      expect(listed.length).toBe(before);
    },
  );

  it('are made with the reference\'s body, 201', async () => {
    const [status, body] = await seen(await world.post('/api/v1/app-connections', { ...slack, metadata: { environment: 'production' }, projectId: 'proj_1' }));
    expect(status).toBe(201);
    expect(body).toMatchObject({ pieceName: '@activepieces/piece-slack', type: 'SECRET_TEXT', externalId: 'ext_slack_main', metadata: { environment: 'production' }, flowIds: ['flow_xyz'] });
    expect(body).not.toHaveProperty('value');
    expect(JSON.stringify(body)).not.toContain('xoxb');
    expect(connected.at(-1)).toMatchObject({ connector: '@activepieces/piece-slack', displayName: 'My Slack Workspace', scope: 'PROJECT' });
    expect(connectionValue.encode(connected.at(-1)!.value)).toEqual({ type: 'SECRET_TEXT', secretText: 'xoxb-your-slack-token' });
  });

  it('are new ones every time without an externalId', async () => {
    const { externalId: _, pieceVersion: __, ...bare } = slack;
    await Promise.all([world.post('/api/v1/app-connections', bare), world.post('/api/v1/app-connections', bare)]);
    const ids = connected.slice(-2).map(({ externalId }) => externalId);
    expect(new Set(ids).size).toBe(2);
  });

  it('take OAuth tokens and codes, with the connector\'s inputs inside the value', async () => {
    const value = { type: 'OAUTH2', client_id: 'id', client_secret: 'sec', code: 'c', code_challenge: 'v', redirect_url: 'https://app.example/cb', props: { shop: 'acme' }, data: { any: { thing: [1] } } };
    expect((await world.post('/api/v1/app-connections', { displayName: 'Shop', pieceName: 'shopify', type: 'OAUTH2', value })).status).toBe(201);
    expect(connected.at(-1)).toMatchObject({ inputs: { shop: 'acme' } });
    expect(connectionValue.encode(connected.at(-1)!.value)).toMatchObject({ clientId: 'id', clientSecret: 'sec', code: 'c', codeVerifier: 'v' });
  });

  it.each([
    ['two types', { ...slack, type: 'BASIC_AUTH' }],
    ['no displayName', { ...slack, displayName: undefined }],
    ['no value', { ...slack, value: undefined }],
    ['an unknown member', { ...slack, secret: 'x' }],
    ['an unknown member of the value', { ...slack, value: { ...secretText, extra: 'x' } }],
    ['metadata that is too large', { ...slack, metadata: { a: 'x'.repeat(16_384) } }],
    ['an empty secret', { ...slack, value: { ...secretText, secret_text: '' } }],
    ['a NUL', { ...slack, displayName: 'a\0b' }],
  ])('are not made with %s', async (_, body) => {
    const [status, answer] = await seen(await world.post('/api/v1/app-connections', body));
    expect([status, answer]).toMatchObject([400, { code: 'VALIDATION' }]);
    expect(JSON.stringify(answer)).not.toContain('xoxb');
  });

  it('are not made with a key the provider refuses', async () => {
    expect(await seen(await world.post('/api/v1/app-connections', { ...slack, value: { ...secretText, secret_text: 'wrong' } }))).toMatchObject([400, { code: 'INVALID_APP_CONNECTION' }]);
  });

  it('are got, and not found, in the reference\'s words', async () => {
    expect(await seen(await world.call('/api/v1/app-connections/conn_1'))).toMatchObject([200, { id: 'conn_1', flowIds: ['flow_xyz'] }]);
    expect(await seen(await world.call('/api/v1/app-connections/conn_abc123'))).toMatchObject([404, {
      statusCode: 404, code: 'ENTITY_NOT_FOUND', params: { entityType: 'app_connection', entityId: 'conn_abc123', message: 'Connection not found' },
    }]);
  });

  it('are updated, with metadata replaced whole', async () => {
    expect(await seen(await world.post('/api/v1/app-connections/conn_1', { displayName: 'Updated', metadata: { team: 'marketing' } }))).toMatchObject([200, { displayName: 'Updated', metadata: { team: 'marketing' } }]);
    expect(updates.at(-1)).toEqual({ id: 'conn_1', change: { displayName: 'Updated', metadata: { team: 'marketing' } } });
    expect((await world.post('/api/v1/app-connections/conn_1', { value: secretText })).status).toBe(400);
  });

  it('are deleted, but not under flows unless forced', async () => {
    expect(await seen(await world.call('/api/v1/app-connections/conn_1', { method: 'DELETE' }))).toMatchObject([400, { code: 'VALIDATION', params: { message: 'Connection is used in 3 active flows. Please remove it from flows first.' } }]);
    expect(await seen(await world.call('/api/v1/app-connections/conn_1?force=true', { method: 'DELETE' }))).toEqual([204, null]);
    expect((await world.call('/api/v1/app-connections/conn_1?force=yes', { method: 'DELETE' })).status).toBe(400);
    expect(deleted).toEqual(['conn_1']);
  });

  it('have owners, who have no ids', async () => {
    expect(await seen(await world.call('/api/v1/app-connections/owners'))).toEqual([200, { data: [{ firstName: 'John', lastName: 'Doe', email: 'john.doe@example.com' }], next: null, previous: null }]);
  });

  it('are replaced by others', async () => {
    const replace = (body: object) => world.post('/api/v1/app-connections/replace', body).then(seen);
    expect(await replace({ sourceAppConnectionId: 'conn_1', targetAppConnectionId: 'conn_2', projectId: 'proj_1' })).toEqual([204, null]);
    expect(await replace({ sourceAppConnectionId: 'conn_1', targetAppConnectionId: 'conn_2', deleteSourceConnection: true })).toEqual([204, null]);
    expect(replaced).toEqual([{ from: 'conn_1', to: 'conn_2', deleteSource: false }, { from: 'conn_1', to: 'conn_2', deleteSource: true }]);
    expect(await replace({ sourceAppConnectionId: 'conn_1', targetAppConnectionId: 'conn_1' })).toMatchObject([409, { statusCode: 409, code: 'VALIDATION', params: { sourceId: 'conn_1' } }]);
    expect(await replace({ sourceAppConnectionId: 'conn_unknown', targetAppConnectionId: 'conn_1' })).toMatchObject([404, { code: 'ENTITY_NOT_FOUND' }]);
    expect(await replace({ sourceAppConnectionId: 'conn_1' })).toMatchObject([400, { code: 'VALIDATION' }]);
  });

  it('are revalidated', async () => {
    expect(await seen(await world.post('/api/v1/app-connections/conn_1/revalidate'))).toMatchObject([200, { id: 'conn_1', status: 'ERROR', statusReason: 'reauth_required' }]);
    // Some clients say "JSON" and send nothing.
    expect((await world.call('/api/v1/app-connections/conn_1/revalidate', { method: 'POST', headers: { 'content-type': 'application/json' } })).status).toBe(200);
  });

  it('begin with a walk through consent, in this browser', async () => {
    const response = await world.post('/api/v1/app-connections/oauth2/authorization-url', { pieceName: 'shopify', externalId: 'ext_shop', props: { shop: 'acme' }, scopes: ['read_orders'], projectId: 'proj_1' });
    expect(await seen(response)).toEqual([200, { authorizationUrl: 'https://provider.example/authorize?state=s', connectionId: 'conn_9', expiresAt: '2026-01-01T00:10:00.000Z' }]);
    const cookie = /^trunkline_browser=([\w-]{43});/.exec(response.headers.get('set-cookie')!)!;
    expect(walks.at(-1)).toMatchObject({ connector: 'shopify', externalId: 'ext_shop', inputs: { shop: 'acme' }, scopes: ['read_orders'], callback: 'connectors' });
    expect(walks.at(-1)!.browserBinding.reveal()).toBe(cookie[1]);
  });

  it('begin with a walk of the client\'s own', async () => {
    const url = '/api/v1/app-connections/oauth2/authorization-url';
    const response = await world.post(url, { pieceName: 'slack', clientId: 'mine', redirectUrl: 'https://app.example/cb' });
    expect([response.headers.get('cache-control'), response.headers.get('set-cookie')]).toEqual(['no-store', null]);
    expect(await seen(response)).toEqual([200, { authorizationUrl: 'https://provider.example/authorize?client_id=mine', state: 'made', codeVerifier: 'verifier' }]);
    expect(await seen(await world.post(url, { pieceName: 'slack', clientId: 'mine' }))).toMatchObject([400, { code: 'VALIDATION' }]);
  });

  describe('of the platform', () => {
    it('are listed and made with their scope', async () => {
      expect((await world.call('/api/v1/global-connections?status=ERROR')).status).toBe(200);
      expect(listed.at(-1)).toMatchObject({ scope: 'PLATFORM', status: ['disabled', 'degraded'] });
      expect(await seen(await world.post('/api/v1/global-connections', { ...slack, scope: 'PLATFORM', projectIds: ['proj_1', 'proj_2'], preSelectForNewProjects: true }))).toMatchObject([201, { scope: 'PLATFORM' }]);
      expect(connected.at(-1)).toMatchObject({ scope: 'PLATFORM', projectIds: ['proj_1', 'proj_2'], preSelectForNewProjects: true });
      expect((await world.post('/api/v1/global-connections', { ...slack, scope: 'PROJECT' })).status).toBe(400);
    });

    it('are changed and deleted; a project\'s own is not found among them', async () => {
      expect(await seen(await world.post('/api/v1/global-connections/conn_global', { projectIds: ['proj_1'] }))).toMatchObject([200, { id: 'conn_global' }]);
      expect((await world.call('/api/v1/global-connections/conn_global?force=true', { method: 'DELETE' })).status).toBe(204);
      const before = [updates.length, deleted.length];
      expect(await seen(await world.post('/api/v1/global-connections/conn_1', { displayName: 'x' }))).toMatchObject([404, { code: 'ENTITY_NOT_FOUND', params: { entityId: 'conn_1' } }]);
      expect((await world.call('/api/v1/global-connections/conn_1?force=true', { method: 'DELETE' })).status).toBe(404);
      expect([updates.length, deleted.length]).toEqual(before);
    });
  });

  it('are listed without flows while the sync service is away', async () => {
    const alone = await World.start();
    try {
      await alone.answer(connections.list)(() => ({ data: [connection], next: null, previous: null }));
      expect(await seen(await alone.call('/api/v1/app-connections'))).toMatchObject([200, { data: [{ id: 'conn_1', flowIds: [] }] }]);
    } finally {
      await alone.stop();
    }
  });
});
