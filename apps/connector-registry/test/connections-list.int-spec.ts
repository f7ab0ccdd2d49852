import { connections, type Connection, type Principal, type RequestOf } from '@trunkline/contracts';
import { verbs } from './connection-verbs.js';
import { answerCredentials, answerFlows, codeOf, startRegistry, type Registry } from './harness.js';

let registry: Registry;
let keeper: Awaited<ReturnType<typeof answerCredentials>>;
let orchestrator: Awaited<ReturnType<typeof answerFlows>>;
beforeAll(async () => {
  registry = await startRegistry();
  keeper = await answerCredentials(registry);
  orchestrator = await answerFlows(registry);
});
afterAll(async () => {
  for (const part of [keeper, orchestrator, registry]) await part.stop();
});

const { connect, key, list, page, remove } = verbs(() => registry);
type Over = Partial<RequestOf<typeof connections.list>>;
const names = (found: readonly Connection[]) => found.map(({ displayName }) => displayName);
const named = async (principal: Principal, over: Over) => names(await list(principal, over));
const make = (principal: Principal, displayName: string, over = {}) => connect(principal, { externalId: displayName, displayName, ...over });

describe('filters', () => {
  it('take the connector by id, alias and the reference\'s form', async () => {
    const { principal } = await registry.tenant();
    await make(principal, 'graph');
    await make(principal, 'crm', { connector: '@activepieces/piece-sandbox-crm' });
    for (const connector of ['sandbox_crm', '@activepieces/piece-sandbox-crm', '@activepieces/piece-sandbox_crm']) expect(await named(principal, { connector })).toEqual(['crm']);
    expect(await named(principal, { connector: 'no_such_system' })).toEqual([]);
  });

  it('take statuses, and a reason of those that are degraded', async () => {
    const { principal } = await registry.tenant();
    for (const name of ['active', 'failing', 'reauth', 'disabled']) await make(principal, name);
    const set = (name: string, status: string, reason: string | null) =>
      registry.database.query('UPDATE registry.connection SET status = $2, status_reason = $3 WHERE project_id = $4 AND external_id = $1', [name, status, reason, principal.projectId]);
    await set('failing', 'degraded', 'calls_failing');
    await set('reauth', 'degraded', 'reauth_required');
    await set('disabled', 'disabled', 'reauth_required');
    expect(await named(principal, { status: ['degraded'] })).toEqual(['failing', 'reauth']);
    expect(await named(principal, { status: ['disabled', 'active', 'active'] })).toEqual(['active', 'disabled']);
    expect(await named(principal, { status: ['active', 'degraded'], statusReason: ['calls_failing'] })).toEqual(['active', 'failing']);
    expect(await named(principal, { status: ['degraded', 'disabled'], statusReason: ['reauth_required', 'key_expired'] })).toEqual(['reauth', 'disabled']);
    expect(await named(principal, { statusReason: ['calls_failing'] })).toEqual(['active', 'failing', 'disabled']);
    expect(await named(principal, { status: ['pending'] })).toEqual([]);
    expect(await named(principal, { status: [], statusReason: [] })).toEqual(['active', 'failing', 'reauth', 'disabled']);
    expect(await named(principal, { status: ['degraded'], statusReason: [] })).toEqual(['failing', 'reauth']);
  });

  it('find part of a name in any case, and take every sign for itself', async () => {
    const { principal } = await registry.tenant();
    const all = ['Company Slack', '100% sure', 'snake_case', 'back\\slash', `O'Neil "quoted"`, 'Straße ÄÖÜ', 'semi; DROP TABLE registry.connection', '日本語'];
    for (const name of all) await make(principal, name);
    const found: [string, string[]][] = [
      ['SLACK', ['Company Slack']], ['%', ['100% sure']], ['_', ['snake_case']], ['\\', ['back\\slash']], [`'`, [`O'Neil "quoted"`]], ['"', [`O'Neil "quoted"`]],
      ['äöü', ['Straße ÄÖÜ']], ['; drop', ['semi; DROP TABLE registry.connection']], ['本', ['日本語']], ['%_%', []], ['\\%', []], ['$1', []], ['', all], ['x'.repeat(200), []], ['%'.repeat(200), []],
    ];
    for (const [displayName, expected] of found) expect({ displayName, names: await named(principal, { displayName }) }).toEqual({ displayName, names: expected });
    expect(await codeOf(list(principal, { displayName: 'x'.repeat(201) }))).toBe('VALIDATION');
  });

  it('take owner, externalId and scope, and all of them together', async () => {
    const { principal, principalWith, user } = await registry.tenant();
    const theirs = await principalWith(['connections:read', 'connections:write'], user.id);
    await make(principal, 'mine');
    await make(theirs, 'theirs');
    expect(await named(principal, { ownerId: user.id })).toEqual(['theirs']);
    expect(await named(principal, { externalId: 'mine' })).toEqual(['mine']);
    expect(await named(principal, { scope: 'PLATFORM' })).toEqual([]);
    const everything: Over = { ownerId: user.id, externalId: 'theirs', scope: 'PROJECT', status: ['active', 'degraded'], statusReason: ['calls_failing'], connector: 'sandbox_graphql', displayName: 'HEIR' };
    expect(await named(principal, everything)).toEqual(['theirs']);
    expect(await named(principal, { ...everything, displayName: 'mine' })).toEqual([]);
  });
});

describe('pages', () => {
  const walk = async (principal: Principal, over: Over, between: (pages: number) => Promise<void> = async () => undefined) => {
    const found: string[] = [];
    let cursor: string | undefined;
    for (let pages = 1; ; pages += 1) {
      const { data, next } = await page(principal, { ...over, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...names(data));
      if (next === null) return found;
      cursor = next;
      await between(pages);
    }
  };

  it('show each once, also where all were made at the same moment, in either direction', async () => {
    const { principal } = await registry.tenant();
    for (let index = 0; index < 7; index += 1) await make(principal, `n${index}`);
    await registry.database.query(`UPDATE registry.connection SET created_at = '2026-01-01' WHERE project_id = $1`, [principal.projectId]);
    const found = await walk(principal, { limit: 2 });
    expect(found).toHaveLength(7);
    expect(new Set(found).size).toBe(7);
    const first = await page(principal, { limit: 3 });
    const second = await page(principal, { limit: 3, cursor: first.next! });
    expect(first.previous).toBeNull();
    expect((await page(principal, { limit: 3, cursor: second.previous! })).data).toEqual(first.data);
  });

  it('stay in place while connections come and go', async () => {
    const { principal } = await registry.tenant();
    const made: Connection[] = [];
    for (let index = 0; index < 6; index += 1) made.push(await make(principal, `n${index}`));
    const found = await walk(principal, { limit: 2 }, async (pages) => {
      if (pages === 1) await remove(principal, made[0]!.id);
      if (pages === 2) await make(principal, 'late');
    });
    expect(found).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'late']);
  });

  it('join what is the project\'s own with what is shared with it, oldest first', async () => {
    const { principal, platform, project } = await registry.tenant();
    const admin = await registry.platformPrincipal(platform.id);
    for (const index of [0, 1, 2, 3]) {
      await make(principal, `own ${index}`);
      await make(admin, `shared ${index}`, { scope: 'PLATFORM', projectIds: [project.id] });
    }
    await make(admin, 'not shared', { scope: 'PLATFORM' });
    const expected = [0, 1, 2, 3].flatMap((index) => [`own ${index}`, `shared ${index}`]);
    expect(await walk(principal, { limit: 3 })).toEqual(expected);
    expect(await walk(principal, { limit: 1, scope: 'PLATFORM' })).toEqual(expected.filter((name) => name.startsWith('shared')));
    expect(names((await registry.call(connections.all, { principal })).connections)).toEqual(expected);
    expect(await walk(admin, { limit: 4 })).toEqual([...expected, 'not shared']);
  });

  it('refuse a cursor of another project, or of other filters', async () => {
    const [one, other] = [await registry.tenant(), await registry.tenant()];
    for (const name of ['a', 'b', 'c']) await make(one.principal, name);
    const { next } = await page(one.principal, { limit: 1 });
    expect(await codeOf(page(other.principal, { limit: 1, cursor: next! }))).toBe('VALIDATION');
    expect(await codeOf(page(one.principal, { limit: 1, cursor: next!, displayName: 'a' }))).toBe('VALIDATION');
    expect(await codeOf(page(one.principal, { limit: 1, cursor: 'made up' }))).toBe('VALIDATION');
    expect((await page(one.principal, { limit: 2, cursor: next! })).data).toHaveLength(2);
  });
});

describe('owners', () => {
  it('are the users who own connections that the project may use, page by page', async () => {
    const { principal, principalWith, platform, project, user } = await registry.tenant();
    const neighbour = await registry.tenant({ platformId: platform.id, withUser: true });
    await make(neighbour.principal, 'theirs');
    const owners = async (who: Principal, over: Partial<RequestOf<typeof connections.owners>> = {}) => registry.call(connections.owners, { principal: who, limit: 10, ...over });
    expect((await owners(principal)).data).toEqual([]);
    await make(await principalWith(['connections:write'], user.id), 'mine');
    await make(await principalWith(['connections:write'], user.id), 'mine too');
    expect((await owners(principal)).data).toEqual([{ id: user.id, email: user.email, firstName: 'Ada', lastName: 'L' }]);
    const admin = await registry.platformPrincipal(platform.id);
    await make(admin, 'shared', { scope: 'PLATFORM', projectIds: [project.id], ownerId: neighbour.user.id });
    const first = await owners(principal, { limit: 1 });
    expect(first.data.map(({ id }) => id)).toEqual([user.id]);
    expect((await owners(principal, { limit: 1, cursor: first.next! })).data.map(({ id }) => id)).toEqual([neighbour.user.id]);
    expect((await owners(admin)).data).toHaveLength(2);
  });
});

it('a stored key is in no column of the connection', async () => {
  const { principal } = await registry.tenant();
  const { id } = await connect(principal, { value: key('sk_live_very_secret') });
  const rows = await registry.database.query<{ everything: string }>(
    `SELECT c::text AS everything FROM registry.connection c WHERE id = $1 UNION ALL SELECT a::text FROM registry.audit_entry a WHERE target_id = $1`, [id]);
  expect(rows.length).toBeGreaterThan(1);
  for (const { everything } of rows) expect(everything).not.toContain('sk_live_very_secret');
});
