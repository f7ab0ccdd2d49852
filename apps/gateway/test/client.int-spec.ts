import { createTrunkline, type TrunklineError } from '@trunkline/client';
import { audits, connections, credentials, Secret, type AuditEntry } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { connection, principal, World } from './world.js';

const entry: AuditEntry = {
  id: 'aud_1', at: '2026-01-01T00:00:00.000Z', platformId: 'plat_1', projectId: 'proj_1', actor: { kind: 'api_key', id: 'key_1', userId: null }, action: 'connection.created',
  target: { type: 'app_connection', id: 'conn_1' }, outcome: 'done', details: {}, requestId: null, sequence: 1, hash: 'a'.repeat(64),
};

describe('the typed client, at a real gateway', () => {
  let world: World;
  const named: (string | undefined)[] = [];
  const status: unknown[] = [];

  beforeAll(async () => {
    world = await World.start({}, ({ projectId }) => {
      named.push(projectId);
      return { ...principal, projectId: projectId ?? principal.projectId };
    });
    await Promise.all([
      world.answer(connections.list)((request) => {
        status.push(request.status);
        const start = Number(request.cursor ?? 0);
        const data = [start, start + 1].map((number) => ({ ...connection, id: `conn_${number}` }));
        return { data, next: start < 4 ? String(start + 2) : null, previous: null };
      }),
      world.answer(connections.connect)(({ connector, value }) => ({ ...connection, pieceName: connector, type: value.type })),
      world.answer(connections.delete)(() => {
        throw new AppError('VALIDATION', 'Connection is used in 3 active flows. Please remove it from flows first.');
      }),
      world.answer(connections.replace)(() => ({ flowIds: [] })),
      world.answer(credentials.resolve)(() => ({ connectionId: 'conn_1', connector: 'stripe', type: 'SECRET_TEXT', token: new Secret('sk'), tokenType: 'Bearer', username: null, props: null, expiresAt: null, warning: null })),
      world.answer(audits.list)(() => ({ data: [entry], next: null, previous: null })),
    ]);
  });
  afterAll(() => world?.stop());

  it('lists, connects, replaces, hands out tokens, exports', async () => {
    const trunkline = createTrunkline({ baseUrl: world.url, apiKey: 'good-client' });
    const ids: string[] = [];
    for await (const { id } of trunkline.paginate('/api/v1/app-connections', { status: ['ACTIVE', 'ERROR'], limit: 2 })) ids.push(id);
    expect(ids).toEqual(['conn_0', 'conn_1', 'conn_2', 'conn_3', 'conn_4', 'conn_5']);
    expect(status[0]).toEqual(['active', 'degraded', 'disabled']);
    const made = await trunkline.POST('/api/v1/app-connections', { body: { displayName: 'Stripe', pieceName: 'stripe', type: 'SECRET_TEXT', value: { type: 'SECRET_TEXT', secret_text: 'sk' } } });
    expect([made.pieceName, made.status]).toEqual(['stripe', 'ACTIVE']);
    expect(await trunkline.POST('/api/v1/app-connections/replace', { body: { sourceAppConnectionId: 'conn_1', targetAppConnectionId: 'conn_2' } })).toBeUndefined();
    const { token, tokenType } = await trunkline.POST('/api/connectors/{provider}/token', { params: { path: { provider: 'stripe' } } });
    expect([token, tokenType]).toEqual(['sk', 'Bearer']);
    expect(JSON.parse(await trunkline.GET('/api/v1/audit/export', { parseAs: 'text' }))).toEqual(entry);
  }, 60_000);

  it('throws what was refused, and names its project', async () => {
    const trunkline = createTrunkline({ baseUrl: world.url, sessionToken: 'good-session', projectId: 'proj_2' });
    const error = await trunkline.DELETE('/api/v1/app-connections/{id}', { params: { path: { id: 'conn_1' } } }).then(() => undefined, (thrown: TrunklineError) => thrown);
    expect(error).toMatchObject({ statusCode: 400, code: 'VALIDATION', message: expect.stringContaining('3 active flows') as string, requestId: expect.any(String) as string });
    expect(named).toContain('proj_2');
  });
});
