import { auditEntry, audits, connections, connectionValue, connectors, credentials, flows, Secret, type AuditEntry, type Connection, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { connection, seen, World } from './world.js';

const entry = (number: number): AuditEntry => auditEntry.parse({
  id: `aud_${number}`, at: '2026-01-01T00:00:00.000Z', platformId: 'plat_1', projectId: 'proj_1', actor: { kind: 'api_key', id: 'key_1', userId: null }, action: 'connection.created',
  target: { type: 'app_connection', id: 'conn_1' }, outcome: 'done', details: {}, requestId: null, sequence: number + 1, hash: 'a'.repeat(64),
});
const summary = {
  id: 'netsuite', name: 'NetSuite', category: 'erp', aliases: ['ns'], authMethods: [{ type: 'JWT_BEARER' as const, fields: [{ name: 'private_key', title: 'Private key', required: false, secret: true }], grantTypes: [], scopes: ['rest'] }],
  inputs: [{ name: 'account', title: 'Account', required: true }], streams: [{ name: 'customers', title: 'Customers', incremental: true, scopes: [] }], rateLimit: 'Five at once', latency: 'Minutes', staticEgress: true,
};

describe('connections and the catalog, as an operator sees them', () => {
  let world: World;
  const begun: RequestOf<typeof connections.authorize>[] = [];
  const rotated: RequestOf<typeof connections.rotate>[] = [];
  const reports: unknown[] = [];
  let auditPages = 0;
  const key: Connection = { ...connection, id: 'conn_key', connector: 'stripe', pieceName: 'stripe', type: 'SECRET_TEXT', status: 'degraded', statusReason: 'key_expired' };
  const found = (id: string): Connection => {
    const one = { conn_1: connection, conn_key: key, conn_place: { ...connection, id: 'conn_place', type: 'PLACEHOLDER' as const, status: 'missing' as const } }[id];
    if (one === undefined) throw AppError.notFound('app_connection', id);
    return one;
  };

  beforeAll(async () => {
    world = await World.start({ TRUNKLINE_EGRESS_ADDRESSES: 'eu=192.0.2.1,192.0.2.2;us=198.51.100.7' });
    await Promise.all([
      world.answer(connections.get)(({ id }) => found(id)),
      world.answer(connections.enable)(({ id }) => ({ ...found(id), status: 'active' })),
      world.answer(connections.disable)(({ id }) => ({ ...found(id), status: 'disabled' })),
      world.answer(connections.verify)(({ id }) => ({ connection: found(id), outcome: 'verified', message: null })),
      world.answer(connections.rotate)((request) => {
        rotated.push(request);
        if (!request.allowOtherAccount && request.value.type === 'SECRET_TEXT' && request.value.secretText.reveal() === 'other') throw new AppError('CONFLICT', 'The key belongs to another account.');
        return { ...found(request.id), status: 'active', statusReason: null };
      }),
      world.answer(connections.authorize)((request) => {
        begun.push(request);
        return { connectionId: request.id!, connector: request.connector, expiresAt: '2026-01-01T00:10:00.000Z', authorizationUrl: 'https://provider.example/authorize?state=s' };
      }),
      world.answer(connections.health)(({ id }) => ({
        id, status: found(id).status, statusReason: found(id).statusReason, calls: [{ at: '2026-01-01T00:00:00.000Z', source: 'caller', outcome: 'failed', code: '500' }],
        lastSucceededAt: null, lastFailedAt: '2026-01-01T00:00:00.000Z', verifiedAt: null, computedAt: '2026-01-01T00:00:00.000Z', nextComputeAt: '2026-01-01T00:01:00.000Z',
      })),
      world.answer(connections.recompute)(({ id }) => ({ computed: id === undefined ? 3 : 1, changed: ['conn_1'] })),
      world.answer(connections.report)(({ principal: _, ...report }) => {
        reports.push(report);
        return {};
      }),
      world.answer(credentials.describe)(({ connectionId }) => {
        if (connectionId !== 'conn_1') throw AppError.notFound('app_connection', connectionId);
        return {
          connectionId, type: 'OAUTH2', status: 'usable', username: null, scopes: ['a'], requiredScopes: ['a', 'b'], missingScopes: ['b'], expiresAt: null, refreshable: true, lastRefreshedAt: null,
          nextRefreshAt: null, failures: 0, lastErrorCode: null, storedAt: '2026-01-01T00:00:00.000Z',
        };
      }),
      world.answer(credentials.resolve)(({ connectionId, tokenName }) => {
        found(connectionId!);
        return { connectionId: connectionId!, connector: 'hubspot', type: 'OAUTH2', token: new Secret(tokenName === undefined ? 'the-token' : `the-token-${tokenName}`), tokenType: 'Bearer', username: null, props: null, expiresAt: null, warning: null };
      }),
      world.answer(credentials.refreshHealth)(() => ({ credentials: 4, refreshable: 3, due: 1, overdue: 0, failing: 1, broken: 0, oldestDueAt: null, lastRefreshedAt: null })),
      world.answer(flows.usage)(() => ({ flowIds: { conn_1: ['flow_1', 'flow_2'] }, enabled: { conn_1: 1 } })),
      world.answer(connectors.list)(({ category }) => ({ connectors: category === 'erp' || category === undefined ? [summary] : [] })),
      world.answer(connectors.get)(({ connector }) => {
        if (connector === 'nothing') throw AppError.notFound('connector', connector);
        return { ...summary, staticEgress: connector === 'netsuite' };
      }),
      world.answer(connectors.logo)(() => ({ svg: '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>' })),
      world.answer(audits.list)(({ cursor, limit, action }) => {
        auditPages += 1;
        if (action === 'forbidden') throw new AppError('AUTHORIZATION', 'Not for you.');
        const start = Number(cursor ?? 0);
        if (action === 'broken' && start >= 100) throw new AppError('SERVICE_UNAVAILABLE', 'Away.');
        const end = Math.min(start + limit, 250);
        return { data: Array.from({ length: end - start }, (_, index) => entry(start + index)), next: end < 250 ? String(end) : null, previous: null };
      }),
      world.answer(audits.verify)(() => ({ entries: 250, intact: true, brokenAt: null, head: 'b'.repeat(64) })),
      world.answer(audits.denied)(() => ({})),
    ]);
  });
  afterAll(() => world?.stop());

  it.each([
    ['enable', 'active'],
    ['disable', 'disabled'],
  ])('%s', async (verb, status) => {
    expect(await seen(await world.post(`/api/v1/app-connections/conn_1/${verb}`))).toMatchObject([200, { id: 'conn_1', connector: 'hubspot', authMethod: 'OAUTH2', status }]);
    expect(await seen(await world.post(`/api/v1/app-connections/conn_x/${verb}`))).toMatchObject([404, { code: 'ENTITY_NOT_FOUND' }]);
  });

  it('verify, health, scopes, usage', async () => {
    expect(await seen(await world.post('/api/v1/app-connections/conn_key/verify'))).toMatchObject([200, { outcome: 'verified', message: null, connection: { status: 'degraded', statusReason: 'key_expired' } }]);
    expect(await seen(await world.call('/api/v1/app-connections/conn_place/health'))).toMatchObject([200, { status: 'pending', calls: [{ outcome: 'failed', code: '500' }] }]);
    expect(await seen(await world.call('/api/v1/app-connections/conn_1/scopes'))).toEqual([200, { id: 'conn_1', granted: ['a'], required: ['a', 'b'], missing: ['b'] }]);
    expect(await seen(await world.call('/api/v1/app-connections/conn_place/scopes'))).toMatchObject([200, { id: 'conn_place', missing: [] }]);
    expect(await seen(await world.call('/api/v1/app-connections/conn_x/scopes'))).toMatchObject([404, { code: 'ENTITY_NOT_FOUND' }]);
    expect(await seen(await world.call('/api/v1/app-connections/conn_1/usage'))).toEqual([200, { id: 'conn_1', flowIds: ['flow_1', 'flow_2'], enabledFlows: 1 }]);
    expect(await seen(await world.call('/api/v1/app-connections/conn_x/usage'))).toMatchObject([404, { code: 'ENTITY_NOT_FOUND' }]);
  });

  it('reconnect by consent keeps everything and binds the browser', async () => {
    const response = await world.post('/api/v1/app-connections/conn_1/reconnect', { scopes: ['more'] });
    expect(await seen(response)).toEqual([200, { authorizationUrl: 'https://provider.example/authorize?state=s', connectionId: 'conn_1', expiresAt: '2026-01-01T00:10:00.000Z' }]);
    expect(response.headers.get('set-cookie')).toContain(begun.at(-1)!.browserBinding.reveal());
    expect(begun.at(-1)).toMatchObject({ id: 'conn_1', connector: 'hubspot', externalId: 'ext_1', scope: 'PROJECT', type: 'OAUTH2', scopes: ['more'], allowOtherAccount: false });
    expect((await world.post('/api/v1/app-connections/conn_place/reconnect')).status).toBe(200);
    expect(begun.at(-1)).toMatchObject({ id: 'conn_place' });
  });

  it('reconnect and rotate by key', async () => {
    const value = { type: 'SECRET_TEXT', secret_text: 'new' };
    expect(await seen(await world.post('/api/v1/app-connections/conn_key/reconnect'))).toMatchObject([400, { code: 'VALIDATION' }]);
    expect(await seen(await world.post('/api/v1/app-connections/conn_key/reconnect', { value }))).toMatchObject([200, { id: 'conn_key', status: 'active' }]);
    expect(await seen(await world.post('/api/v1/app-connections/conn_key/rotate', { value, expires: '2027-01-01T00:00:00.000Z' }))).toMatchObject([200, { id: 'conn_key', status: 'active' }]);
    expect(rotated.map((request) => [connectionValue.encode(request.value), request.expires])).toEqual([
      [{ type: 'SECRET_TEXT', secretText: 'new' }, undefined],
      [{ type: 'SECRET_TEXT', secretText: 'new' }, '2027-01-01T00:00:00.000Z'],
    ]);
    const other = { value: { type: 'SECRET_TEXT', secret_text: 'other' } };
    expect(await seen(await world.post('/api/v1/app-connections/conn_key/rotate', other))).toMatchObject([409, { code: 'CONFLICT' }]);
    expect((await world.post('/api/v1/app-connections/conn_key/rotate', { ...other, allowOtherAccount: true })).status).toBe(200);
  });

  it('a token by id, which nobody may keep', async () => {
    const response = await world.post('/api/v1/app-connections/conn_1/token', { minimumSeconds: 60 });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await seen(response)).toMatchObject([200, { connectionId: 'conn_1', provider: 'hubspot', token: 'the-token' }]);
    expect(await seen(await world.post('/api/v1/app-connections/conn_1/token', { tokenName: 'user' }))).toMatchObject([200, { token: 'the-token-user' }]);
    expect((await world.post('/api/v1/app-connections/conn_1.user/token')).status).toBe(400);
    expect(await seen(await world.post('/api/v1/app-connections/conn_x/token'))).toMatchObject([404, { code: 'ENTITY_NOT_FOUND' }]);
    expect(await seen(await world.post('/api/v1/app-connections/conn_1/token', {}, { key: 'reader' }))).toMatchObject([403, { code: 'AUTHORIZATION' }]);
  });

  it('calls are reported, statuses recomputed', async () => {
    expect(await seen(await world.post('/api/v1/app-connections/conn_1/calls', { outcome: 'unauthorized', code: '401' }))).toEqual([204, null]);
    expect(reports).toEqual([{ id: 'conn_1', outcome: 'unauthorized', code: '401' }]);
    expect((await world.post('/api/v1/app-connections/conn_1/calls', { outcome: 'great' })).status).toBe(400);
    expect(await seen(await world.post('/api/v1/app-connections/recompute'))).toEqual([200, { computed: 3, changed: ['conn_1'] }]);
    expect(await seen(await world.post('/api/v1/app-connections/recompute', { id: 'conn_1' }))).toEqual([200, { computed: 1, changed: ['conn_1'] }]);
    expect(await seen(await world.call('/api/v1/health/refresh'))).toMatchObject([200, { credentials: 4, failing: 1 }]);
  });

  it('the catalog says how each system is connected', async () => {
    expect(await seen(await world.call('/api/v1/connectors?category=erp'))).toEqual([200, { connectors: [{ ...summary, logoUrl: '/api/v1/connectors/netsuite/logo' }] }]);
    expect(await seen(await world.call('/api/v1/connectors?category=marketing'))).toEqual([200, { connectors: [] }]);
    expect(await seen(await world.call('/api/v1/connectors/nothing'))).toMatchObject([404, { code: 'ENTITY_NOT_FOUND', params: { entityType: 'connector' } }]);
  });

  it('addresses to let in are told where they are needed', async () => {
    const regions = [{ region: 'eu', addresses: ['192.0.2.1', '192.0.2.2'] }, { region: 'us', addresses: ['198.51.100.7'] }];
    expect(await seen(await world.call('/api/v1/egress-addresses'))).toEqual([200, { regions }]);
    expect(await seen(await world.call('/api/v1/connectors/netsuite'))).toMatchObject([200, { staticEgress: true, egressAddresses: regions }]);
    expect(await seen(await world.call('/api/v1/connectors/stripe'))).toMatchObject([200, { egressAddresses: [] }]);
  });

  it('a logo is a picture and nothing else', async () => {
    const response = await world.call('/api/v1/connectors/netsuite/logo', { key: '' });
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control'), response.headers.get('x-content-type-options')]).toEqual([200, 'image/svg+xml; charset=utf-8', 'public, max-age=86400', 'nosniff']);
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
    expect(await response.text()).toContain('<svg');
    const again = await world.call('/api/v1/connectors/netsuite/logo', { key: '', headers: { 'if-none-match': response.headers.get('etag')! } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    // A client that always names its project may do so here too; nothing else is understood.
    expect((await world.call('/api/v1/connectors/netsuite/logo?projectId=proj_1', { key: '' })).status).toBe(200);
    expect((await world.call('/api/v1/connectors/netsuite/logo?size=1', { key: '' })).status).toBe(400);
  });

  it('the audit log is listed, verified, and exported page by page', async () => {
    expect(await seen(await world.call('/api/v1/audit?limit=2&action=connection.created&from=2026-01-01T00:00:00.000Z&outcome=done'))).toMatchObject([200, { data: [{ id: 'aud_0' }, { id: 'aud_1' }], next: '2' }]);
    expect(await seen(await world.call('/api/v1/audit/verify'))).toMatchObject([200, { entries: 250, intact: true }]);
    expect((await world.call('/api/v1/audit?from=yesterday')).status).toBe(400);
    const before = auditPages;
    const response = await world.call('/api/v1/audit/export');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await response.text()).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => (JSON.parse(line) as AuditEntry).id)).toEqual(Array.from({ length: 250 }, (_, index) => `aud_${index}`));
    expect(auditPages - before).toBe(3);
  });

  it('an export that cannot begin is refused, and one that cannot end breaks off', async () => {
    expect(await seen(await world.call('/api/v1/audit/export?action=forbidden'))).toMatchObject([403, { code: 'AUTHORIZATION' }]);
    const broken = await fetch(`${world.url}/api/v1/audit/export?action=broken`, { headers: { 'x-api-key': 'good' } });
    expect(broken.status).toBe(200);
    await expect(broken.text()).rejects.toThrow();
  });
});
