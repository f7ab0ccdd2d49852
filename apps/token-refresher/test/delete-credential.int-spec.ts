import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorsDirectory } from '@trunkline/catalog';
import { credentials, newId, Secret } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { goodKey } from './support/scripted-provider.js';
import { codeOf, World } from './support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start({ instances: 2, environment: { TRUNKLINE_REVOCATION_INTERVAL_MS: '100', TRUNKLINE_REVOCATION_MAX_ATTEMPTS: '3' } });
});
afterAll(() => world.stop());
afterEach(() => {
  world.provider.revocationStatus = 200;
});

const openJobs = (connectionId: string) => world.database.query('SELECT id FROM tokens.revocation WHERE connection_id = $1', [connectionId]);

describe('delete', () => {
  it('destroys the secret at once, ends the grant at the provider and tells it once', async () => {
    const { connectionId, refreshToken, accessToken } = await world.connect();
    expect(await world.delete(connectionId)).toEqual({ deleted: true });
    const row = await world.row(connectionId);
    expect(row.sealed).toBeNull();
    expect(row.deleted_at).not.toBeNull();
    expect(await codeOf(world.resolve({ connectionId }))).toBe('ENTITY_NOT_FOUND');
    expect(await world.waitForEvent('revoked', connectionId)).toEqual({ connectionId, platformId: world.platformId, projectId: world.projectId, connector: 'sandbox_crm', outcome: 'revoked' });
    expect(world.provider.renews(refreshToken)).toBe(false);
    expect(world.provider.accepts(accessToken)).toBe(false);
    expect(await openJobs(connectionId)).toEqual([]);
  });

  it('changes nothing when it is repeated, also by many at once', async () => {
    const { connectionId } = await world.connect();
    const replies = await Promise.all(Array.from({ length: 10 }, () => world.delete(connectionId)));
    expect(replies.filter(({ deleted }) => deleted)).toHaveLength(1);
    await world.waitForEvent('revoked', connectionId);
    expect(await world.delete(connectionId)).toEqual({ deleted: false });
    await waitFor(async () => (await world.database.query('SELECT 1 FROM tokens.outbox')).length === 0, { what: 'everything to be told' });
    expect(world.told('revoked', connectionId)).toHaveLength(1);
  });

  it('does not touch another tenant\'s connection', async () => {
    const { connectionId } = await world.connect();
    expect(await world.delete(connectionId, newId('project'))).toEqual({ deleted: false });
    expect(await world.delete(connectionId, null)).toEqual({ deleted: false });
    expect(await world.client.rpc.call(credentials.delete, { connectionId, platformId: newId('platform'), projectId: world.projectId })).toEqual({ deleted: false });
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
  });

  it('goes on trying while the provider is in trouble, with the token still sealed', async () => {
    world.provider.revocationStatus = 503;
    const { connectionId, refreshToken } = await world.connect();
    await world.delete(connectionId);
    await waitFor(() => world.provider.revoked.some(({ token }) => token === refreshToken), { what: 'the first try' });
    await waitFor(async () => (await world.database.query('SELECT 1 FROM tokens.revocation WHERE connection_id = $1 AND last_error_code IS NOT NULL', [connectionId])).length === 1, { what: 'the pause' });
    world.provider.revocationStatus = 200;
    await world.database.query('UPDATE tokens.revocation SET next_attempt_at = now() WHERE connection_id = $1', [connectionId]);
    expect(await world.waitForEvent('revoked', connectionId)).toMatchObject({ outcome: 'revoked' });
    expect(world.provider.renews(refreshToken)).toBe(false);
  });

  it('says failed when enough was tried, and forgets the token', async () => {
    world.provider.revocationStatus = 503;
    const { connectionId } = await world.connect();
    await world.delete(connectionId);
    const outcome = waitFor(async () => {
      await world.database.query('UPDATE tokens.revocation SET next_attempt_at = now() WHERE connection_id = $1 AND last_error_code IS NOT NULL', [connectionId]);
      return world.told('revoked', connectionId)[0];
    }, { what: 'the end of trying' });
    expect(await outcome).toMatchObject({ outcome: 'failed' });
    expect(await openJobs(connectionId)).toEqual([]);
  });

  it('says of a key that only its owner can end it', async () => {
    const connectionId = newId('connection');
    await world.put({ connectionId, credential: { type: 'SECRET_TEXT', secretText: new Secret(goodKey) } });
    await world.delete(connectionId);
    expect(await world.waitForEvent('revoked', connectionId)).toMatchObject({ outcome: 'unsupported' });
  });
});

describe('what arrives after a delete', () => {
  it('a refresh in flight: not stored, its token revoked with the whole grant', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const hold = world.provider.hold();
    const waiting = codeOf(world.resolve({ connectionId }));
    await hold.arrived;
    await world.delete(connectionId);
    hold.release();
    expect(await waiting).toBe('ENTITY_NOT_FOUND');
    const late = world.provider.calls.at(-1)!;
    await waitFor(() => world.provider.revoked.some(({ token, hint }) => token === late.accessToken && hint === 'access_token'), { what: 'the late token to be revoked' });
    expect((await world.row(connectionId)).sealed).toBeNull();
    expect(world.told('refreshed', connectionId)).toEqual([]);
    await waitFor(async () => (await openJobs(connectionId)).length === 0, { what: 'the jobs to be done' });
    expect(world.provider.accepts(late.accessToken!)).toBe(false);
  });

  it('a put: refused, and its grant revoked', async () => {
    const { connectionId } = await world.connect();
    await world.delete(connectionId);
    const pair = world.provider.consent();
    expect(await codeOf(world.put({ connectionId, credential: world.grant(pair) }))).toBe('ENTITY_NOT_FOUND');
    await waitFor(() => !world.provider.renews(pair.refreshToken), { what: 'the late grant to be revoked' });
    expect((await world.row(connectionId)).sealed).toBeNull();
  });

  it('a put for a connection that was deleted before anything was stored: the same', async () => {
    const connectionId = newId('connection');
    expect(await world.delete(connectionId)).toEqual({ deleted: false });
    const pair = world.provider.consent();
    expect(await codeOf(world.put({ connectionId, credential: world.grant(pair) }))).toBe('ENTITY_NOT_FOUND');
    await waitFor(() => !world.provider.renews(pair.refreshToken), { what: 'the late grant to be revoked' });
  });

  it('put and delete at the same moment never leave a secret behind', async () => {
    for (let round = 0; round < 15; round += 1) {
      const connectionId = newId('connection');
      const pair = world.provider.consent();
      await Promise.all([codeOf(world.put({ connectionId, credential: world.grant(pair) })), new Promise((resolve) => setTimeout(resolve, round)).then(() => world.delete(connectionId))]);
      expect(await world.row(connectionId)).toMatchObject({ sealed: null });
      await waitFor(() => !world.provider.renews(pair.refreshToken), { what: 'the grant to end' });
    }
  });
});

it('logs nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
});

describe('a grant that several connections live by', () => {
  let shared: World;
  let folder: string;
  beforeAll(async () => {
    // A connector whose provider ends everything of a person and client by one call.
    folder = await mkdtemp(join(tmpdir(), 'shared-grant-'));
    await cp(join(connectorsDirectory, 'sandbox_crm'), join(folder, 'shared_crm'), { recursive: true });
    const file = join(folder, 'shared_crm', 'connector.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('id: sandbox_crm', 'id: shared_crm').replace(/(revocation:\n\s+url: .*\n)/, '$1      ends: grant\n'));
    shared = await World.start({ instances: 2, environment: { TRUNKLINE_REVOCATION_INTERVAL_MS: '100', TRUNKLINE_CATALOG_FOLDERS: folder } });
  });
  afterAll(async () => {
    await shared?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is ended by the last of them, also when all go at the same moment', async () => {
    const [first, ...others] = await Promise.all(Array.from({ length: 4 }, () => shared.connect({ connector: 'shared_crm' })));
    await shared.delete(first!.connectionId);
    expect(await shared.waitForEvent('revoked', first!.connectionId)).toMatchObject({ outcome: 'unsupported' });
    expect(shared.provider.revoked).toEqual([]);
    for (const { connectionId } of others) expect(await codeOf(shared.resolve({ connectionId }))).toBe('none');
    await Promise.all(others.map(({ connectionId }) => shared.delete(connectionId)));
    const told = await Promise.all(others.map(({ connectionId }) => shared.waitForEvent('revoked', connectionId)));
    expect(told.map(({ outcome }) => outcome).sort()).toEqual(['revoked', 'unsupported', 'unsupported']);
  });
});
