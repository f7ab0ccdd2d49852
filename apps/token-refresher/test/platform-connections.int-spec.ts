import { connectionConfigured, newId } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { codeOf, World } from './support/world.js';

let world: World;
const [shared, alsoShared, other] = [newId('project'), newId('project'), newId('project')];
beforeAll(async () => {
  world = await World.start({ instances: 2 });
});
afterAll(() => world.stop());

const connectPlatform = (over: Parameters<World['connect']>[0] = {}) => world.connect({ projectId: null, projectIds: [shared, alsoShared], ...over });
const as = (projectId: string | null, over: object = {}) => world.principal({ projectId, ...over });

describe('a connection of the platform', () => {
  it('is used by the projects it is shared with, and by no other', async () => {
    const { connectionId, accessToken } = await connectPlatform();
    for (const projectId of [shared, alsoShared]) {
      expect((await world.resolve({ connectionId }, as(projectId))).token?.reveal()).toBe(accessToken);
      expect((await world.lease(connectionId, undefined, projectId)).credential).toMatchObject({ type: 'OAUTH2' });
      expect((await world.describe(connectionId, { projectId })).status).toBe('usable');
    }
    expect(await codeOf(world.resolve({ connectionId }, as(other)))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.lease(connectionId, undefined, other))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.describe(connectionId, { projectId: other }))).toBe('ENTITY_NOT_FOUND');
    // The platform's own keys reach all of it; another platform's reach nothing, not even with the name of a project that may use it.
    expect(await codeOf(world.resolve({ connectionId }, as(null, { reach: 'platform' })))).toBe('none');
    expect(await codeOf(world.resolve({ connectionId }, as(null, { reach: 'platform', platformId: newId('platform') })))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.resolve({ connectionId }, as(shared, { platformId: newId('platform') })))).toBe('ENTITY_NOT_FOUND');
  });

  it('is found by connector after the project\'s own, even when that is broken', async () => {
    const projectId = newId('project');
    const common = await connectPlatform({ projectIds: [projectId] });
    const by = (userId: string | null = null) => as(projectId, { userId });
    const found = async (wanted: { userId?: string } = {}, who = by()) => (await world.resolve({ connector: 'sandbox_crm', ...wanted }, who)).connectionId;
    expect(await found()).toBe(common.connectionId);
    const own = await world.connect({ projectId });
    expect(await found()).toBe(own.connectionId);
    await world.set(own.connectionId, `status = 'broken', status_reason = 'reauth_required'`);
    expect(await codeOf(found())).toBe('CREDENTIAL_NEEDS_RECONNECT');
    // A named user's connection, wherever it is.
    const anna = newId('user');
    const annas = await connectPlatform({ projectIds: [projectId], ownerId: anna });
    expect(await found({ userId: anna })).toBe(annas.connectionId);
    expect(await codeOf(world.resolve({ connector: 'sandbox_crm' }, as(newId('project'))))).toBe('ENTITY_NOT_FOUND');
  });

  it('is refreshed by one request, whichever projects ask at once', async () => {
    const { connectionId } = await connectPlatform();
    await world.expire(connectionId);
    const before = world.provider.calls.length;
    const tokens = await Promise.all(Array.from({ length: 10 }, (_, index) => world.resolve({ connectionId }, as(index % 2 === 0 ? shared : alsoShared))));
    expect(new Set(tokens.map(({ token }) => token?.reveal())).size).toBe(1);
    expect(world.provider.calls).toHaveLength(before + 1);
  });

  it('is deleted by its platform, and what is told of it names the platform', async () => {
    const { connectionId } = await connectPlatform();
    expect(await world.delete(connectionId, shared)).toEqual({ deleted: false });
    expect(await world.delete(connectionId, null)).toEqual({ deleted: true });
    expect(await world.waitForEvent('revoked', connectionId)).toEqual({ connectionId, platformId: world.platformId, projectId: null, connector: 'sandbox_crm', outcome: 'revoked' });
    await waitFor(() => world.audited('credential.revoked', connectionId)[0], { what: 'the audit entry' });
  });

  it('does not open when it is made the connection of a project', async () => {
    const { connectionId } = await connectPlatform();
    await world.set(connectionId, `project_id = '${shared}'`);
    expect(await codeOf(world.resolve({ connectionId }, as(shared)))).toBe('INTERNAL');
  });
});

describe('what the registry configures', () => {
  it('decides who may use it; older versions and repeats change nothing', async () => {
    const { connectionId } = await connectPlatform();
    expect(await world.configure(connectionId, 7, { projectIds: [other] })).toEqual({ configured: true });
    expect(await codeOf(world.resolve({ connectionId }, as(shared)))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.resolve({ connectionId }, as(other)))).toBe('none');
    for (const version of [6, 7]) expect(await world.configure(connectionId, version, { projectIds: [shared] })).toEqual({ configured: false });
    // A new credential brings what its sender knew when it was sent: the registry's word stands.
    const pair = world.provider.consent();
    await world.put({ connectionId, projectId: null, projectIds: [shared], credential: world.grant(pair) });
    expect(await codeOf(world.resolve({ connectionId }, as(shared)))).toBe('ENTITY_NOT_FOUND');
    expect((await world.resolve({ connectionId }, as(other))).token?.reveal()).toBe(pair.accessToken);
  });

  it('leaves a project its own connection', async () => {
    const { connectionId } = await world.connect();
    await world.configure(connectionId, 2, { projectIds: [] });
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
  });

  it('of ten at once the newest stays', async () => {
    const { connectionId } = await connectPlatform();
    const versions = Array.from({ length: 10 }, (_, index) => index + 1).sort(() => Math.random() - 0.5);
    await Promise.all(versions.map((version) => world.configure(connectionId, version, { projectIds: [`proj_${version}`] })));
    expect(await world.row(connectionId)).toMatchObject({ configured_version: 10, project_ids: ['proj_10'] });
  });

  it('disables and enables: what was broken is broken again, what was usable is usable', async () => {
    const [usable, broken] = [await world.connect(), await world.connect()];
    await world.set(broken.connectionId, `status = 'broken', status_reason = 'reauth_required'`);
    for (const { connectionId } of [usable, broken]) {
      await world.configure(connectionId, 2, { enabled: false });
      await world.configure(connectionId, 3, { enabled: false });
      expect(await codeOf(world.resolve({ connectionId }))).toBe('CONNECTION_DISABLED');
      expect(await codeOf(world.verify(connectionId))).toBe('CONNECTION_DISABLED');
      await world.configure(connectionId, 4);
    }
    expect(await codeOf(world.resolve({ connectionId: usable.connectionId }))).toBe('none');
    expect(await codeOf(world.resolve({ connectionId: broken.connectionId }))).toBe('CREDENTIAL_NEEDS_RECONNECT');
    // A new credential for a disabled connection makes it whole, once it is enabled.
    await world.configure(broken.connectionId, 5, { enabled: false });
    await world.put({ connectionId: broken.connectionId, credential: world.grant(world.provider.consent()) });
    expect(await codeOf(world.resolve({ connectionId: broken.connectionId }))).toBe('CONNECTION_DISABLED');
    await world.configure(broken.connectionId, 6);
    expect(await codeOf(world.resolve({ connectionId: broken.connectionId }))).toBe('none');
  });

  it('is kept when it comes before the credential', async () => {
    const connectionId = newId('connection');
    expect(await world.configure(connectionId, 3, { enabled: false })).toEqual({ configured: true });
    expect(await world.configure(connectionId, 2, { enabled: true })).toEqual({ configured: false });
    await world.put({ connectionId, credential: world.grant(world.provider.consent()) });
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CONNECTION_DISABLED');
    await world.configure(connectionId, 4);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
  });

  it('and a credential at the same moment never pass each other', async () => {
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const connectionId = newId('connection');
        await Promise.all([
          world.put({ connectionId, credential: world.grant(world.provider.consent()) }),
          new Promise((resolve) => setTimeout(resolve, Math.random() * 60)).then(() => world.configure(connectionId, 2, { enabled: false })),
        ]);
        expect((await world.row(connectionId)).status).toBe('disabled');
      }),
    );
    expect(await world.database.query('SELECT 1 FROM tokens.early_configuration')).toEqual([]);
  });

  it('does not bring back what was deleted', async () => {
    const { connectionId } = await world.connect();
    await world.delete(connectionId);
    expect(await world.configure(connectionId, 9)).toEqual({ configured: false });
    const never = newId('connection');
    await world.configure(never, 2);
    await world.delete(never);
    expect(await world.configure(never, 3)).toEqual({ configured: false });
    expect(await world.database.query('SELECT 1 FROM tokens.early_configuration')).toEqual([]);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('ENTITY_NOT_FOUND');
  });

  it('comes by event too', async () => {
    const { connectionId } = await world.connect();
    const event = { connectionId, platformId: world.platformId, projectId: world.projectId, connector: 'sandbox_crm', version: 5, enabled: false, projectIds: [world.projectId], ownerId: null };
    await world.tell(connectionConfigured, event);
    await waitFor(async () => (await world.row(connectionId)).status === 'disabled', { what: 'the event to have its effect' });
  });
});

describe('the second wall', () => {
  it('hides the credentials of others from a query that forgot its tenant', async () => {
    const [mine, theirs, common] = [await world.connect(), await world.connect({ projectId: other }), await connectPlatform()];
    const seen = (platformId: string, projectId: string) => world.seenBehindWall(platformId, projectId);
    const forMe = await seen(world.platformId, world.projectId);
    expect(forMe).toContain(mine.connectionId);
    expect(forMe).not.toContain(theirs.connectionId);
    expect(forMe).not.toContain(common.connectionId);
    expect(await seen(world.platformId, shared)).toContain(common.connectionId);
    expect(await seen(newId('platform'), shared)).toEqual([]);
    expect(await seen('', '')).toEqual([]);
  });

  it('stands on the hot path too: a read that forgot its tenant hands out nothing', async () => {
    const [mine, theirs] = [await world.connect(), await world.connect({ projectId: other })];
    const [found] = await world.database.query<{ text: string }>(`SELECT pg_get_functiondef('tokens.credentials_of_tenants'::regproc) AS text`);
    const forgetful = found!.text
      .replaceAll('AND platform_id = of_platform', '')
      .replaceAll('AND (of_project IS NULL OR project_id = of_project OR of_project = ANY (project_ids))', '')
      .replaceAll('project_id = of_project', 'true')
      .replaceAll('of_project = ANY (project_ids)', 'true');
    expect(forgetful).not.toBe(found!.text);
    await world.database.query(forgetful);
    expect(await codeOf(world.resolve({ connectionId: theirs.connectionId }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.resolve({ connector: 'sandbox_crm' }, as(newId('project'))))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.resolve({ connectionId: mine.connectionId }))).toBe('none');
  });
});
