import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startLossyRelay, waitFor, type LossyRelay } from '@trunkline/testing';
import { canary } from './support/scripted-provider.js';
import { codeOf, World, type Connected } from './support/world.js';

let world: World;
let postgres: LossyRelay;
beforeAll(async () => {
  world = await World.start({ instances: 0, environment: { TRUNKLINE_SPOOL_INTERVAL_MS: '200' } });
  postgres = await startLossyRelay(world.database.url);
});
afterAll(async () => {
  await world.stop();
  await postgres.close();
});
beforeEach(() => {
  world.provider.rotation = 'strict';
  world.provider.revoked.length = 0;
});

const files = (ending: string) => readdir(world.spool).then((names) => names.filter((name) => name.endsWith(ending)), () => [] as string[]);
const oneFile = async (): Promise<string> => join(world.spool, (await waitFor(async () => (await files('.token'))[0], { what: 'the token on disk' })));

/** Has a process of its own get a new token just as the database goes away, and kills it when the token is on disk. */
async function dieWithDatabaseAway(): Promise<Connected> {
  const before = world.startOutside({}, postgres.url);
  await world.answering();
  const connected = await world.connect();
  await before.kill('SIGKILL');
  // A process that never sealed anything of this tenant: which data key is the newest it has yet to ask.
  const program = world.startOutside({}, postgres.url);
  await world.answering();
  await world.expire(connected.connectionId);
  const hold = world.provider.hold();
  void codeOf(world.resolve({ connectionId: connected.connectionId }));
  await hold.arrived;
  postgres.reachable(false);
  hold.release();
  await oneFile();
  await program.kill('SIGKILL');
  postgres.reachable(true);
  return connected;
}

describe('a process that is killed with the database away', () => {
  it('leaves the token sealed on disk, and the next one has it before it answers anybody', async () => {
    const { connectionId } = await dieWithDatabaseAway();
    const file = await oneFile();
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain(canary);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(world.spool)).mode & 0o777).toBe(0o700);
    expect((await world.row(connectionId)).version).toBe(1);
    // The lease of the dead is over: without the file, the next one would send the refresh token that is used up.
    await world.set(connectionId, `lease_until = now() - interval '1 second'`);
    const calls = world.provider.calls.length;
    const service = await world.addService();
    const { token, expiresAt, warning } = await world.resolve({ connectionId });
    expect(world.provider.accepts(token!.reveal())).toBe(true);
    expect(warning).toBeNull();
    expect(Date.parse(expiresAt!) - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect(await world.row(connectionId)).toMatchObject({ version: 2, status: 'usable', intent_id: null, lease_owner: null });
    expect(world.provider.calls).toHaveLength(calls);
    await waitFor(async () => (await files('.token')).length === 0, { what: 'the file to be removed' });
    await service.close();
  }, 120_000);

  it('leaves it to whoever takes the lease of the open request: the file is looked at before anything is sent', async () => {
    const { connectionId } = await dieWithDatabaseAway();
    const file = await oneFile();
    await rename(file, `${file}.away`);
    const service = await world.addService({ TRUNKLINE_SPOOL_INTERVAL_MS: '3600000' });
    await rename(`${file}.away`, file);
    await world.set(connectionId, `lease_until = now() - interval '1 second'`);
    const calls = world.provider.calls.length;
    const { token } = await world.resolve({ connectionId });
    expect(world.provider.accepts(token!.reveal())).toBe(true);
    expect(world.provider.calls).toHaveLength(calls);
    expect(await world.row(connectionId)).toMatchObject({ version: 2, status: 'usable', intent_id: null, lease_owner: null });
    await service.close();
  }, 120_000);

  it.each([
    ['overtaken', 'access_token'],
    ['deleted', 'refresh_token'],
  ])('whose connection was %s meanwhile: the token is revoked, not stored', async (what, hint) => {
    world.provider.rotation = 'grace';
    const { connectionId } = await dieWithDatabaseAway();
    const late = world.provider.calls.at(-1)!.accessToken!;
    if (what === 'deleted') {
      await world.set(connectionId, 'sealed = NULL, deleted_at = now(), lease_fence = lease_fence + 1, intent_id = NULL, lease_owner = NULL');
    } else {
      // Somebody has sent the old refresh token since.
      await world.set(connectionId, `intent_id = 'of another', lease_fence = lease_fence + 1, lease_until = now() - interval '1 second', refresh_due_at = now() + interval '1 hour'`);
    }
    const service = await world.addService();
    await waitFor(() => world.provider.revoked.some(({ token }) => token === late), { what: 'the late token to be revoked' });
    expect(world.provider.revoked[0]?.hint).toBe(hint);
    expect((await world.row(connectionId)).version).toBe(1);
    expect(await files('.token')).toEqual([]);
    await service.close();
  }, 120_000);
});

describe('files that are of no use', () => {
  it('are set aside, and the service starts all the same', async () => {
    await mkdir(world.spool, { recursive: true });
    const foreign = randomUUID();
    const token = {
      format: 1, intentId: foreign, connectionId: 'conn_of_another', platformId: 'plat_x', projectId: null, connector: 'sandbox_crm', inputs: {}, allowedOrigins: [], oauthAppId: null,
      type: 'OAUTH2', sealed: 'bm90IHNlYWxlZA==', tokenType: 'Bearer', scopes: [], lifetimeSeconds: 3_600, dueInSeconds: 1_800, refreshExpiresInSeconds: null,
      suspectTokenDigest: null, ageSeconds: 0, receivedAt: new Date().toISOString(),
    };
    await writeFile(join(world.spool, `${foreign}.token`), JSON.stringify(token));
    await writeFile(join(world.spool, `${randomUUID()}.token`), '{"format":1,');
    await writeFile(join(world.spool, `${randomUUID()}.token`), JSON.stringify(token));
    const service = await world.addService();
    await waitFor(async () => (await files('.set-aside')).length === 3, { what: 'three files to be set aside' });
    expect(await files('.token')).toEqual([]);
    expect((await world.logs()).text).toContain('a file of the token spool is of no use and was set aside');
    await service.close();
  }, 60_000);
});

it('writes the file while the process lives, and removes it when the commit is in', async () => {
  const service = await world.addService({}, postgres.url);
  const { connectionId } = await world.connect();
  await world.expire(connectionId);
  const hold = world.provider.hold();
  const reply = codeOf(world.resolve({ connectionId }));
  await hold.arrived;
  postgres.reachable(false);
  hold.release();
  await oneFile();
  postgres.reachable(true);
  expect(await reply).toBe('none');
  await waitFor(async () => (await files('.token')).length === 0, { what: 'the file to be removed' });
  expect(await world.row(connectionId)).toMatchObject({ version: 2, lease_owner: null, intent_id: null });
  expect(world.provider.revoked).toEqual([]);
  await service.close();
}, 60_000);

it('logs nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
});
