import { randomBytes } from 'node:crypto';
import { scopes as allScopes, scopesOfProjectRole, type ProjectRole, type Scope } from '@trunkline/contracts';
import { smallConnector } from './small-connector.js';
import type { Caller, Noun, Place } from './authorization-matrix.js';
import type { Stack } from './stack.js';

export interface Project {
  readonly id: string;
  readonly platformId: string;
  /** A key of the project that may do everything in it, and one of its platform. */
  readonly key: string;
  readonly platformKey: string;
  readonly userId: string;
}

const unique = () => `matrix-${randomBytes(8).toString('hex')}`;

/** Two platforms, three projects, and everybody who may call. */
export async function createWorld(stack: Stack) {
  const post = async <Body = { id: string }>(path: string, body: unknown, key: string = stack.adminKey): Promise<Body> => {
    const answer = await stack.call<Body>('POST', path, { key, body });
    if (answer.status > 299) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const newKey = async (body: object) => (await post<{ key: string }>('/api/v1/api-keys', { displayName: unique(), ...body })).key;
  const newUser = async (platformId: string, more: object = {}) => {
    const email = `${unique()}@example.com`;
    const password = randomBytes(12).toString('hex');
    const { id } = await post('/api/v1/users', { platformId, email, firstName: 'A', lastName: 'B', password, ...more });
    return { id, session: async () => (await post<{ token: string }>('/api/v1/sessions', { email, password })).token };
  };
  const newProject = async (platformId: string): Promise<Project> => {
    const { id } = await post('/api/v1/projects', { platformId, displayName: unique() });
    const { id: userId } = await newUser(platformId);
    return { id, platformId, userId, key: await newKey({ projectId: id, scopes: ['admin'] }), platformKey: await newKey({ platformId, scopes: ['admin'] }) };
  };
  const [{ id: platformA }, { id: platformB }] = await Promise.all([post('/api/v1/platforms', { name: 'A' }), post('/api/v1/platforms', { name: 'B' })]);
  const own = await newProject(platformA);
  const neighbour = await newProject(platformA);
  const foreign = await newProject(platformB);

  const revoked = await post<{ id: string; key: string }>('/api/v1/api-keys', { projectId: own.id, displayName: 'Revoked', scopes: ['admin'] });
  await stack.call('DELETE', `/api/v1/api-keys/${revoked.id}`, { key: stack.adminKey });
  const inProject = { 'x-project-id': own.id };
  const key = async (name: string, reach: 'platform' | 'project', granted: readonly Scope[], owner: object): Promise<Caller> => ({
    name,
    kind: 'key',
    headers: { 'x-api-key': await newKey({ scopes: granted, ...owner }), ...(reach === 'platform' ? inProject : {}) },
    rights: { reach, scopes: granted },
  });
  const member = async (role: ProjectRole): Promise<Caller> => {
    const { id: userId, session } = await newUser(platformA);
    await post('/api/v1/members', { projectId: own.id, userId, role });
    return { name: `session of a project's ${role}`, kind: 'person', headers: { authorization: `Bearer ${await session()}` }, rights: { reach: 'project', scopes: scopesOfProjectRole[role] } };
  };
  const platformAdmin = await newUser(platformA, { platformRole: 'ADMIN' });
  const withoutAdmin = allScopes.filter((scope) => scope !== 'admin');
  const callers: Caller[] = [
    { name: 'nobody', kind: 'nobody', headers: {}, rights: null },
    { name: 'an unknown key', kind: 'nobody', headers: { 'x-api-key': `tlk_${'0'.repeat(32)}.${'a'.repeat(43)}` }, rights: null },
    { name: 'a revoked key', kind: 'nobody', headers: { 'x-api-key': revoked.key }, rights: null },
    { name: 'a forged session', kind: 'nobody', headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyXzEifQ.' }, rights: null },
    { name: 'the operator', kind: 'operator', headers: { 'x-api-key': stack.adminKey, ...inProject }, rights: { reach: 'installation', scopes: ['admin'] } },
    await key('admin key of the platform', 'platform', ['admin'], { platformId: platformA }),
    await key('reading key of the platform', 'platform', ['connections:read', 'audit:read'], { platformId: platformA }),
    { name: "session of the platform's ADMIN", kind: 'person', headers: { authorization: `Bearer ${await platformAdmin.session()}`, ...inProject }, rights: { reach: 'platform', scopes: ['admin'] } },
    await key('admin key of the project', 'project', ['admin'], { projectId: own.id }),
    await key('key with every scope but admin', 'project', withoutAdmin, { projectId: own.id, userId: own.userId }),
    await key('reading key', 'project', ['connections:read', 'flows:read'], { projectId: own.id }),
    await key('key of a service', 'project', ['tokens:resolve'], { projectId: own.id }),
    await member('ADMIN'),
    await member('EDITOR'),
    await member('VIEWER'),
  ];

  const connection = (project: Project, type: 'PLACEHOLDER' | 'SECRET_TEXT', more: object = {}) =>
    post('/api/v1/app-connections', { displayName: 'Target', pieceName: 'sandbox_crm', type, externalId: unique(), value: type === 'PLACEHOLDER' ? { type } : { type, secret_text: 'sandbox-api-key' }, ...more }, project.key).then(({ id }) => id);
  /** A project has one app for a connector: each fresh one is for another. */
  const oauthConnectors = ['hubspot', 'github', 'google_ads', 'google_analytics', 'meta_ads', 'linkedin_ads', 'quickbooks', 'tiktok_ads', 'shopify', 'klaviyo', 'slack', 'salesforce', 'figma', 'zendesk', 'mailchimp'];
  let nth = 0;
  const nextConnector = () => oauthConnectors[(nth += 1) % oauthConnectors.length]!;
  /** A fresh thing of that kind, in or beside that project. `owner`: a user whose connections the caller may change without being an admin. */
  const make: Readonly<Record<Noun, (project: Project, asCaller?: (path: string, body: unknown) => Promise<string | null>) => Promise<string>>> = {
    connector: async () => 'sandbox_crm',
    connectorDefinition: async ({ id }) => (await post('/api/v1/connectors', { projectId: id, ...smallConnector(unique()) })).id,
    platform: async ({ platformId }) => platformId,
    project: async ({ id }) => id,
    user: async ({ platformId }) => (await newUser(platformId)).id,
    member: async ({ userId }) => userId,
    apiKey: async ({ id }) => (await post('/api/v1/api-keys', { projectId: id, displayName: unique(), scopes: ['connections:read'] })).id,
    oauthApp: async ({ id, platformId }) => (await post('/api/v1/oauth-apps', { projectId: id, platformId, connector: nextConnector(), clientId: unique(), clientSecret: 'x' })).id,
    signingKey: async ({ key: own }) => (await post('/api/v1/signing-keys', { displayName: unique(), algorithm: 'ES256' }, own)).id,
    connection: async (project, asCaller) =>
      (await asCaller?.('/api/v1/app-connections', { displayName: 'Own', pieceName: 'sandbox_crm', type: 'PLACEHOLDER', externalId: unique(), value: { type: 'PLACEHOLDER' } })) ?? connection(project, 'PLACEHOLDER'),
    keyConnection: async (project, asCaller) =>
      (await asCaller?.('/api/v1/app-connections', { displayName: 'Own', pieceName: 'sandbox_crm', type: 'SECRET_TEXT', externalId: unique(), value: { type: 'SECRET_TEXT', secret_text: 'sandbox-api-key' } })) ?? connection(project, 'SECRET_TEXT'),
    globalConnection: async ({ id, platformKey }) =>
      (await post('/api/v1/global-connections', { displayName: 'Target', pieceName: 'sandbox_crm', type: 'PLACEHOLDER', externalId: unique(), scope: 'PLATFORM', projectIds: [id], value: { type: 'PLACEHOLDER' } }, platformKey)).id,
    connectLink: async ({ key: own }) => (await post('/api/v1/connect-links', { endUser: { id: unique() }, connectors: ['sandbox_crm'] }, own)).id,
    flow: async (project) => (await post('/api/v1/flows', { displayName: unique(), connectionId: await connection(project, 'SECRET_TEXT') }, project.key)).id,
    // Over at once, so that watching it ends.
    run: async (project) => {
      const flow = await post('/api/v1/flows', { displayName: unique(), connectionId: await connection(project, 'SECRET_TEXT'), intervalSeconds: null }, project.key);
      const { id } = await post(`/api/v1/flows/${flow.id}/run`, {}, project.key);
      await post(`/api/v1/runs/${id}/cancel`, {}, project.key);
      return id;
    },
    webhook: async ({ key: own }) => (await post('/api/v1/webhooks', { url: `https://example.com/${unique()}` }, own)).id,
    sync: async (project) => (await post<{ syncId: string }>('/api/sync/run', {}, project.key)).syncId,
  };
  const projectOf = (place: Exclude<Place, 'nobody'>): Project => ({ own, 'foreign project': neighbour, 'foreign platform': foreign })[place];
  return { callers, make, projectOf, own, neighbour, foreign, unique };
}
export type World = Awaited<ReturnType<typeof createWorld>>;
