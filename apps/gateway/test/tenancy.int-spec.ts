import { apiKeys, members, platforms, projects, Secret, sessions, users, type Principal, type ReplyOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { principal, World, type CallInit } from './world.js';

const at = { created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z' };
const platform = { id: 'plat_1', name: 'Acme', expiryEmails: false, ...at };
const project = { id: 'proj_1', platformId: 'plat_1', displayName: 'Shop', returnUrls: [], ...at };
const user = { id: 'user_1', platformId: 'plat_1', email: 'ada@example.com', firstName: 'Ada', lastName: 'L', platformRole: 'MEMBER', enabled: true, ...at } as const;
const member = { projectId: 'proj_1', userId: 'user_1', role: 'VIEWER', email: user.email, firstName: 'Ada', lastName: 'L', ...at } as const;
const apiKey: ReplyOf<typeof apiKeys.get> = { id: 'key_1', platformId: 'plat_1', projectId: 'proj_1', userId: null, displayName: 'k', scopes: ['admin'], expires: null, created: at.created, revoked: null };
const session = { id: 'sess_1', userId: 'user_1', platformId: 'plat_1', expires: at.created };
const one = <Item>(item: Item) => ({ data: [item], next: null, previous: null });

/** Who presents `good…` is an admin of the platform; `person…` has logged in. The project is the one that is named, unless it is proj_0. */
const who = ({ key, projectId }: { key: Secret; projectId?: string | undefined }): Principal => {
  const text = key.reveal();
  if (projectId === 'proj_0') throw AppError.notFound('project', projectId);
  if (text.startsWith('good')) return { ...principal, id: text, reach: 'platform', projectId: projectId ?? null, userId: null, scopes: ['admin'] };
  if (text.startsWith('person')) return { ...principal, kind: 'user', id: text, projectId: projectId ?? 'proj_1', scopes: ['connections:read'] };
  throw new AppError('AUTHENTICATION', 'The key is not valid.');
};

async function start(environment: Record<string, string> = {}) {
  const world = await World.start(environment, who);
  const asked: [string, unknown][] = [];
  const note = <Answer>(name: string, answer: Answer) => (request: unknown): Answer => {
    asked.push([name, JSON.parse(JSON.stringify(request))]);
    return answer;
  };
  await Promise.all([
    world.answer(platforms.list)(note('platforms.list', one(platform))),
    world.answer(platforms.create)(note('platforms.create', platform)),
    world.answer(platforms.get)(note('platforms.get', platform)),
    world.answer(platforms.update)(note('platforms.update', platform)),
    world.answer(projects.list)(note('projects.list', one(project))),
    world.answer(projects.create)(note('projects.create', project)),
    world.answer(projects.get)(note('projects.get', project)),
    world.answer(projects.update)(note('projects.update', project)),
    world.answer(users.list)(note('users.list', one(user))),
    world.answer(users.create)(note('users.create', user)),
    world.answer(users.get)(note('users.get', user)),
    world.answer(users.update)(note('users.update', user)),
    world.answer(members.list)(note('members.list', one(member))),
    world.answer(members.put)(note('members.put', member)),
    world.answer(members.remove)(note('members.remove', { removed: true })),
    world.answer(apiKeys.list)(note('apiKeys.list', one(apiKey))),
    world.answer(apiKeys.create)(note('apiKeys.create', { ...apiKey, key: new Secret('tlk_shown_once') })),
    world.answer(apiKeys.get)(note('apiKeys.get', apiKey)),
    world.answer(apiKeys.revoke)(note('apiKeys.revoke', apiKey)),
    world.answer(sessions.create)(({ session: { password }, clientAddress }) => {
      asked.push(['sessions.create', clientAddress]);
      if (password.reveal() !== 'right password') throw new AppError('RATE_LIMITED', 'Too many failed logins.', { params: { retryAfterSeconds: 900 } });
      return { ...session, token: new Secret('the-token') };
    }),
    world.answer(sessions.end)(({ token }) => ({ ended: token.reveal() === 'person-token' })),
  ]);
  return { world, asked };
}

describe('the routes of tenancy', () => {
  let world: World;
  let asked: [string, unknown][];
  beforeAll(async () => {
    ({ world, asked } = await start());
  });
  afterAll(() => world?.stop());

  const newUser = { email: 'ada@example.com', firstName: 'Ada', lastName: 'L' };
  it.each<[string, string, unknown, number, string, object]>([
    ['GET', '/api/v1/platforms?limit=5', undefined, 200, 'platforms.list', { limit: 5 }],
    ['POST', '/api/v1/platforms', { name: 'Acme' }, 201, 'platforms.create', { platform: { name: 'Acme', expiryEmails: false } }],
    ['GET', '/api/v1/platforms/plat_1', undefined, 200, 'platforms.get', { id: 'plat_1' }],
    ['POST', '/api/v1/platforms/plat_1', { expiryEmails: true }, 200, 'platforms.update', { id: 'plat_1', change: { expiryEmails: true } }],
    ['GET', '/api/v1/projects?platformId=plat_1', undefined, 200, 'projects.list', { platformId: 'plat_1', limit: 10 }],
    ['POST', '/api/v1/projects', { displayName: 'Shop' }, 201, 'projects.create', { project: { displayName: 'Shop', returnUrls: [] } }],
    ['GET', '/api/v1/projects/proj_1', undefined, 200, 'projects.get', { id: 'proj_1' }],
    ['POST', '/api/v1/projects/proj_1', { displayName: 'Shop' }, 200, 'projects.update', { id: 'proj_1', change: { displayName: 'Shop' } }],
    ['GET', '/api/v1/users', undefined, 200, 'users.list', { limit: 10 }],
    ['POST', '/api/v1/users', newUser, 201, 'users.create', { user: { ...newUser, platformRole: 'MEMBER' } }],
    ['GET', '/api/v1/users/user_1', undefined, 200, 'users.get', { id: 'user_1' }],
    ['POST', '/api/v1/users/user_1', { enabled: false }, 200, 'users.update', { id: 'user_1', change: { enabled: false } }],
    ['GET', '/api/v1/members?projectId=proj_1', undefined, 200, 'members.list', { limit: 10, principal: { projectId: 'proj_1' } }],
    ['POST', '/api/v1/members', { projectId: 'proj_1', userId: 'user_1', role: 'VIEWER' }, 201, 'members.put', { member: { userId: 'user_1', role: 'VIEWER' }, principal: { projectId: 'proj_1' } }],
    ['DELETE', '/api/v1/members?userId=user_1&projectId=proj_1', undefined, 200, 'members.remove', { userId: 'user_1', principal: { projectId: 'proj_1' } }],
    ['GET', '/api/v1/api-keys', undefined, 200, 'apiKeys.list', { limit: 10 }],
    ['POST', '/api/v1/api-keys', { projectId: 'proj_1', displayName: 'k', scopes: ['admin'] }, 201, 'apiKeys.create', { apiKey: { displayName: 'k', scopes: ['admin'] }, principal: { projectId: 'proj_1' } }],
    ['GET', '/api/v1/api-keys/key_1', undefined, 200, 'apiKeys.get', { id: 'key_1' }],
    ['DELETE', '/api/v1/api-keys/key_1', undefined, 200, 'apiKeys.revoke', { id: 'key_1' }],
  ])('%s %s', async (method, path, body, status, name, request) => {
    const response = await world.call(path, { method, body });
    expect(response.status).toBe(status);
    expect(asked.at(-1)).toMatchObject([name, request]);
  });

  it.each([
    ['POST', '/api/v1/users', { ...newUser, password: 'too short' }],
    ['POST', '/api/v1/users', { ...newUser, password: 'x'.repeat(513) }],
    ['POST', '/api/v1/users/user_1', { email: 'other@example.com' }],
    ['POST', '/api/v1/members', { userId: 'user_1', role: 'OWNER' }],
    ['POST', '/api/v1/api-keys', { displayName: 'k', scopes: [] }],
    ['POST', '/api/v1/api-keys', { displayName: 'k', scopes: ['admin'], expires: 'tomorrow' }],
    ['POST', '/api/v1/sessions', { email: 'ada', password: 'right password' }],
    ['GET', '/api/v1/users?limit=101', undefined],
    ['DELETE', '/api/v1/members', undefined],
  ])('refuse what is not well formed: %s %s %j', async (method, path, body) => {
    const before = asked.length;
    expect((await world.call(path, { method, body })).status).toBe(400);
    expect(asked).toHaveLength(before);
  });

  it('show a new key once, to be kept by nobody on the way', async () => {
    const response = await world.post('/api/v1/api-keys', { displayName: 'k', scopes: ['admin'] });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ id: 'key_1', key: 'tlk_shown_once' });
  });

  it('log in, say who it is, and log out', async () => {
    const login = await world.post('/api/v1/sessions', { email: 'ada@example.com', password: 'right password' }, { key: '' });
    expect([login.status, login.headers.get('cache-control'), await login.json()]).toEqual([201, 'no-store', { ...session, token: 'the-token' }]);
    expect(asked.at(-1)).toEqual(['sessions.create', '127.0.0.1']);
    const person: CallInit = { key: '', headers: { authorization: 'Bearer person-token' } };
    expect(await (await world.call('/api/v1/sessions/me', person)).json()).toMatchObject({ kind: 'user', userId: 'user_1', projectId: 'proj_1', scopes: ['connections:read'], user, project });
    expect(await (await world.call('/api/v1/sessions/me')).json()).toMatchObject({ kind: 'api_key', user: null, project: null });
    expect(await (await world.call('/api/v1/sessions', { method: 'DELETE', ...person })).json()).toEqual({ ended: true });
    expect(await (await world.call('/api/v1/sessions', { method: 'DELETE' })).json()).toEqual({ ended: false });
  });

  it('say when to try again after too many failed logins, and do not believe X-Forwarded-For', async () => {
    const response = await world.post('/api/v1/sessions', { email: 'ada@example.com', password: 'wrong' }, { key: '', headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '900']);
    expect(asked.at(-1)).toEqual(['sessions.create', '127.0.0.1']);
  });
});

describe('the project a request names', () => {
  let world: World;
  let asked: [string, unknown][];
  beforeAll(async () => {
    ({ world, asked } = await start());
  });
  afterAll(() => world?.stop());
  const put = (projectId: string, path: string, headers: Record<string, string> = {}) => world.post(path, { projectId, userId: 'user_1', role: 'VIEWER' }, { headers });

  it('may stand in the header, the query or the body, if they agree', async () => {
    expect((await put('proj_1', '/api/v1/members?projectId=proj_1', { 'x-project-id': 'proj_1' })).status).toBe(201);
    for (const [projectId, path, header] of [['proj_2', '/api/v1/members?projectId=proj_1', undefined], ['proj_1', '/api/v1/members', 'proj_2'], ['proj_1', '/api/v1/members?projectId=proj_2', 'proj_1']] as const) {
      const response = await put(projectId, path, header === undefined ? {} : { 'x-project-id': header });
      expect([response.status, await response.json()]).toMatchObject([400, { code: 'VALIDATION' }]);
    }
    expect((await world.call('/api/v1/members', { headers: { 'x-project-id': '../x' } })).status).toBe(400);
  });

  it('makes another principal of the same key', async () => {
    for (const projectId of ['proj_1', 'proj_2', 'proj_1']) {
      expect((await world.call('/api/v1/members', { headers: { 'x-project-id': projectId } })).status).toBe(200);
      expect(asked.at(-1)).toMatchObject(['members.list', { principal: { projectId } }]);
    }
    expect((await world.call('/api/v1/members', { headers: { 'x-project-id': 'proj_0' } })).status).toBe(404);
  });
});

describe('the limits of requests', () => {
  it('are per key, and others go on', async () => {
    const { world } = await start({ TRUNKLINE_REQUESTS_PER_SECOND: '1' });
    try {
      const statuses = await Promise.all(Array.from({ length: 12 }, () => world.call('/api/v1/platforms', { key: 'good-busy' })));
      const refused = statuses.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(4);
      expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await refused[0]!.json()).toMatchObject({ code: 'RATE_LIMITED' });
      expect((await world.call('/api/v1/platforms', { key: 'good-quiet' })).status).toBe(200);
      for (let round = 0; round < 20; round += 1) expect((await fetch(`${world.url}/health/live`)).status).toBe(200);
    } finally {
      await world.stop();
    }
  });

  it('are per client address for whoever shows no valid key; who is known goes on, and who comes from elsewhere', async () => {
    const { world, asked } = await start({ TRUNKLINE_ANONYMOUS_REQUESTS_PER_SECOND: '1', TRUNKLINE_TRUST_PROXY: '1', TRUNKLINE_KEY_CACHE_MS: '5000' });
    const from = (address: string) => ({ 'x-forwarded-for': `6.6.6.6, ${address}` });
    try {
      expect((await world.call('/api/v1/platforms', { headers: from('203.0.113.9') })).status).toBe(200);
      const wrong = await Promise.all(Array.from({ length: 12 }, (_, index) => world.call('/api/v1/platforms', { key: `bad-${index}`, headers: from('203.0.113.9') })));
      expect((await world.call('/api/v1/platforms', { headers: from('203.0.113.9') })).status).toBe(200);
      const statuses = wrong.map(({ status }) => status);
      expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(2);
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(4);
      const login = () => world.post('/api/v1/sessions', { email: 'ada@example.com', password: 'right password' }, { key: '', headers: from('203.0.113.9') });
      expect((await Promise.all([login(), login(), login(), login(), login(), login()])).map(({ status }) => status)).toContain(429);
      expect((await world.call('/api/v1/platforms', { key: 'bad', headers: from('203.0.113.10') })).status).toBe(401);
      expect((await world.post('/api/v1/sessions', { email: 'ada@example.com', password: 'right password' }, { key: '', headers: from('203.0.113.11') })).status).toBe(201);
      expect(asked.at(-1)).toEqual(['sessions.create', '203.0.113.11']);
    } finally {
      await world.stop();
    }
  });
});
