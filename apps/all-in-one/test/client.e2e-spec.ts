import { randomBytes } from 'node:crypto';
import { createTrunkline, TrunklineError, type Trunkline } from '@trunkline/client';
import { waitFor } from '@trunkline/testing';
import { platforms, startStack, type Stack } from './stack.js';

/** A product team's day with the typed client, against the whole product. */
describe('through the typed client', () => {
  let stack: Stack;
  let operator: Trunkline;
  let admin: Trunkline;
  let project: Trunkline;
  let agent: Trunkline;
  let projectId: string;
  let userId: string;

  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
      return 'no error';
    } catch (error) {
      if (error instanceof TrunklineError) return `${error.statusCode} ${error.code}`;
      throw error;
    }
  };

  beforeAll(async () => {
    stack = await startStack({ records: 200 });
    operator = createTrunkline({ baseUrl: stack.url, apiKey: stack.adminKey });
    const platformId = platforms.get(stack)!;
    const { key } = await operator.POST('/api/v1/api-keys', { body: { platformId, displayName: 'Platform', scopes: ['admin'] } });
    admin = createTrunkline({ baseUrl: stack.url, apiKey: key });
    projectId = (await admin.POST('/api/v1/projects', { body: { displayName: 'Shop' } })).id;
    userId = (await admin.POST('/api/v1/users', { body: { email: `${randomBytes(6).toString('hex')}@example.com`, firstName: 'Ada', lastName: 'Byron', password: 'a long enough password' } })).id;
    await admin.POST('/api/v1/members', { body: { userId, role: 'EDITOR' }, params: { query: { projectId } } });
    const keyWith = async (scopes: ('connections:read' | 'connections:write' | 'flows:write' | 'flows:read' | 'tokens:resolve')[], owner: { userId?: string } = {}) =>
      (await admin.POST('/api/v1/api-keys', { body: { displayName: 'Key', scopes, ...owner }, params: { query: { projectId } } })).key;
    project = createTrunkline({ baseUrl: stack.url, apiKey: await keyWith(['connections:read', 'connections:write', 'flows:read', 'flows:write'], { userId }) });
    agent = createTrunkline({ baseUrl: stack.url, serviceToken: await keyWith(['tokens:resolve']) });
  }, 120_000);
  afterAll(async () => {
    await stack?.close();
  }, 60_000);

  it('connects, hands a token to an agent, rotates the key, and disconnects', async () => {
    const body = { displayName: 'CRM', pieceName: 'sandbox_crm', type: 'SECRET_TEXT', externalId: 'crm', value: { type: 'SECRET_TEXT', secret_text: 'sandbox-api-key' } } as const;
    const made = await project.POST('/api/v1/app-connections', { body });
    expect(made).toMatchObject({ status: 'ACTIVE', ownerId: userId, projectIds: [projectId] });
    expect((await project.POST('/api/v1/app-connections', { body })).id).toBe(made.id);

    const token = await agent.POST('/api/connectors/{provider}/token', { params: { path: { provider: 'sandbox_crm' } }, body: { userId } });
    expect(token).toMatchObject({ connectionId: made.id, token: 'sandbox-api-key' });
    const { key } = (await stack.control('POST', '/api-keys', { account: 'acc_1' })) as { key: string };
    const params = { path: { id: made.id } };
    expect(await codeOf(project.POST('/api/v1/app-connections/{id}/rotate', { params, body: { value: { type: 'SECRET_TEXT', secret_text: 'wrong' } } }))).toBe('400 INVALID_APP_CONNECTION');
    await project.POST('/api/v1/app-connections/{id}/rotate', { params, body: { value: { type: 'SECRET_TEXT', secret_text: key } } });
    expect((await agent.POST('/api/v1/app-connections/{id}/token', { params, body: {} })).token).toBe(key);

    const flow = await project.POST('/api/v1/flows', { body: { displayName: 'Contacts', connectionId: made.id, streams: ['contacts'] } });
    expect(await codeOf(project.DELETE('/api/v1/app-connections/{id}', { params }))).toBe('400 VALIDATION');
    await project.DELETE('/api/v1/flows/{id}', { params: { path: { id: flow.id } } });
    await project.DELETE('/api/v1/app-connections/{id}', { params });
    expect(await codeOf(project.GET('/api/v1/app-connections/{id}', { params }))).toBe('404 ENTITY_NOT_FOUND');
    expect(await codeOf(agent.POST('/api/v1/app-connections/{id}/token', { params, body: {} }))).toBe('404 ENTITY_NOT_FOUND');
  });

  it('reads a long list to its end, each once, though connections are made meanwhile', async () => {
    const make = (name: string) => project.POST('/api/v1/app-connections', { body: { displayName: `Listed ${name}`, pieceName: 'sandbox_crm', type: 'PLACEHOLDER', externalId: name, value: { type: 'PLACEHOLDER' } } });
    for (let number = 0; number < 23; number += 1) await make(`n${number}`);
    const seen: string[] = [];
    for await (const { externalId } of project.paginate('/api/v1/app-connections', { displayName: 'LISTED', limit: 5 })) {
      seen.push(externalId);
      if (seen.length === 7) await make('late');
    }
    expect(seen).toEqual([...Array.from({ length: 23 }, (_, number) => `n${number}`), 'late']);
  });

  it('of a person works in the projects the person is a member of, and in no other', async () => {
    const { email } = await admin.GET('/api/v1/users/{id}', { params: { path: { id: userId } } });
    const { token } = await admin.POST('/api/v1/sessions', { body: { email, password: 'a long enough password' } });
    const person = createTrunkline({ baseUrl: stack.url, sessionToken: token });
    expect(await person.GET('/api/v1/sessions/me')).toMatchObject({ projectId, user: { id: userId } });
    const other = await admin.POST('/api/v1/projects', { body: { displayName: 'Other' } });
    expect(await codeOf(createTrunkline({ baseUrl: stack.url, sessionToken: token, projectId: other.id }).GET('/api/v1/app-connections'))).toBe('404 ENTITY_NOT_FOUND');
    expect(await codeOf(person.POST('/api/v1/api-keys', { body: { displayName: 'Mine', scopes: ['admin'] } }))).toBe('403 AUTHORIZATION');
    await admin.POST('/api/v1/users/{id}', { params: { path: { id: userId } }, body: { enabled: false } });
    await waitFor(async () => (await codeOf(person.GET('/api/v1/sessions/me'))) === '401 AUTHENTICATION', { what: 'the session to be refused', timeoutMs: 6_000 });
  });
});
