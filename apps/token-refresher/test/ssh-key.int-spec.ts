import { generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import { newId, Secret, type credentials, type RequestOf } from '@trunkline/contracts';
import { Keys } from './support/keys.js';
import { canary } from './support/scripted-provider.js';
import { SftpServer } from './support/sftp-server.js';
import { codeOf, failureOf, World } from './support/world.js';

let server: SftpServer;
let world: World;
let keys: Keys;
beforeAll(async () => {
  server = await new SftpServer().start();
  server.password = `${canary}_password`;
  world = await World.start({ environment: { TRUNKLINE_EGRESS_ALLOW: server.authority } });
  keys = new Keys(world);
});
afterAll(async () => {
  await world.stop();
  await server.stop();
});

type Credential = RequestOf<typeof credentials.put>['credential'];
const put = async (credential: Credential, over: Partial<RequestOf<typeof credentials.put>> = {}) => {
  const connectionId = over.connectionId ?? newId('connection');
  return { connectionId, ...(await world.put({ connector: 'sftp', inputs: server.inputs, credential, ...over, connectionId })) };
};
const own = ssh2.utils.generateKeyPairSync('ed25519', { passphrase: `${canary}_passphrase`, cipher: 'aes256-cbc', rounds: 4 });
const ownKey: Credential = { type: 'KEY_PAIR', username: 'anna', privateKey: new Secret(own.private), passphrase: new Secret(`${canary}_passphrase`) };
const password = (text = `${canary}_password`): Credential => ({ type: 'BASIC_AUTH', username: 'anna', password: new Secret(text) });
const props = async (connectionId: string) => Object.fromEntries(Object.entries((await world.resolve({ connectionId })).props ?? {}).map(([name, value]) => [name, value.reveal()]));

describe('connecting over SSH', () => {
  it.each(['ssh-ed25519', 'ssh-rsa'] as const)('with a generated %s key: signed in, and handed out in a form SSH programs read', async (algorithm) => {
    const key = await keys.create(algorithm);
    server.authorizedKeys.push(key.sshPublicKey!);
    const { connectionId, account, expiresAt } = await put({ type: 'KEY_PAIR', username: 'anna', signingKeyId: key.id });
    expect(account).toEqual({ id: `127.0.0.1:${server.inputs.port}/anna`, name: 'anna@127.0.0.1' });
    expect(expiresAt).toBeNull();
    expect(await world.resolve({ connectionId })).toMatchObject({ type: 'KEY_PAIR', token: null, username: 'anna', expiresAt: null });
    const handed = await props(connectionId);
    expect(Object.keys(handed).sort()).toEqual(['host_key_fingerprint', 'private_key']);
    expect(handed.host_key_fingerprint).toBe(server.fingerprint);
    const parsed = ssh2.utils.parseKey(handed.private_key!);
    if (parsed instanceof Error) throw parsed;
    const usable = Array.isArray(parsed) ? parsed[0]! : parsed;
    expect(`${usable.type} ${usable.getPublicSSH().toString('base64')}`).toBe(key.sshPublicKey!.split(' ').slice(0, 2).join(' '));
    expect(await world.lease(connectionId)).toMatchObject({ credential: { type: 'KEY_PAIR', username: 'anna', passphrase: null, hostKey: server.fingerprint } });
    expect(await failureOf(keys.delete(key.id))).toMatchObject({ code: 'VALIDATION', params: { connections: 1 } });
  });

  it('with one\'s own key and passphrase, handed out as they came', async () => {
    server.authorizedKeys.push(own.public);
    const { connectionId } = await put(ownKey);
    expect(await props(connectionId)).toEqual({ private_key: own.private, passphrase: `${canary}_passphrase`, host_key_fingerprint: server.fingerprint });
    expect(await world.row(connectionId)).toMatchObject({ refreshable: false, allowed_origins: [`sftp://${server.authority}`], refresh_due_at: null });
  });

  it('with a password', async () => {
    const { connectionId } = await put(password());
    expect((await world.resolve({ connectionId })).token?.reveal()).toBe(`${canary}_password`);
    expect(await props(connectionId)).toEqual({ host_key_fingerprint: server.fingerprint });
  });

  it.each<[string, () => Promise<Credential> | Credential, RegExp]>([
    ['a wrong password', () => password(`${canary}_wrong`), /does not accept this user/],
    ['a key the server does not know', async () => ({ type: 'KEY_PAIR', username: 'anna', signingKeyId: (await keys.create('ssh-ed25519')).id }), /does not accept this user/],
    ['a missing passphrase', () => ({ type: 'KEY_PAIR', username: 'anna', privateKey: new Secret(own.private) }), /protected by a passphrase/],
    ['no key at all', () => ({ type: 'KEY_PAIR', username: 'anna' }), /either a private key or the id of a signing key/],
    ['a passphrase for a signing key', async () => ({ type: 'KEY_PAIR', username: 'anna', passphrase: new Secret(canary), signingKeyId: (await keys.create('ssh-ed25519')).id }), /has no passphrase/],
    ['a key that is not for SSH', async () => ({ type: 'KEY_PAIR', username: 'anna', signingKeyId: (await keys.create('ES256')).id }), /SSH needs ssh-ed25519 or ssh-rsa/],
    ['another project\'s key', async () => ({ type: 'KEY_PAIR', username: 'anna', signingKeyId: (await keys.create('ssh-ed25519', undefined, keys.foreign())).id }), /There is no signing key/],
    ['a weak key', () => ({ type: 'KEY_PAIR', username: 'anna', privateKey: new Secret(generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey.export({ type: 'pkcs1', format: 'pem' }) as string) }), /has 1024 bits/],
    ['a kind of credential that is not for it', () => ({ type: 'SECRET_TEXT', secretText: new Secret(canary) }), /does not connect by SECRET_TEXT; it takes KEY_PAIR, BASIC_AUTH/],
  ])('is refused with %s', async (_, credential, message) => {
    const refused = await failureOf(put(await credential()));
    expect(refused).toMatchObject({ code: 'INVALID_APP_CONNECTION', message: expect.stringMatching(message) as string });
    expect(refused.message).not.toContain(canary);
  });
});

describe('a server whose host key has changed', () => {
  it('is not connected again until a person gives the new fingerprint', async () => {
    const { connectionId } = await put(password());
    const other = await put(password());
    const former = server.fingerprint;
    server.changeHostKey();
    const refused = await failureOf(put(password(), { connectionId }));
    expect(refused).toMatchObject({ code: 'INVALID_APP_CONNECTION', message: expect.stringContaining('another server, or a new key') as string });
    expect((await props(connectionId)).host_key_fingerprint).toBe(former);
    await put(password(), { connectionId, inputs: { ...server.inputs, host_key_fingerprint: server.fingerprint } });
    expect((await props(connectionId)).host_key_fingerprint).toBe(server.fingerprint);
    // The kind of credential does not matter to what the server is known by.
    expect(await codeOf(put(ownKey, { connectionId: other.connectionId }))).toBe('INVALID_APP_CONNECTION');
  });
});

it('logs nothing secret', async () => {
  const { leaks, text } = await world.logs();
  expect(leaks).toEqual([]);
  expect(text).not.toContain('PRIVATE KEY');
});
