import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import { Secret } from '@trunkline/contracts';
import { loadCatalog } from '@trunkline/catalog';
import { createEgress } from '@trunkline/egress';
import { publicKeyOf, sshPrivateKey, verifyCredential } from '../src/index.js';
import type { Credential, Dialer, VerifyOutcome } from '../src/index.js';
import { fingerprintOf, sshKeyPair, startSshServer, startTcpServer } from '@trunkline/testing';
import type { SshServer } from '@trunkline/testing';

const connector = loadCatalog().get('sftp');
const secretPassword = 's3cret-password';
const ed25519 = sshKeyPair();
const locked = sshKeyPair({ passphrase: 's3cret-passphrase', cipher: 'aes256-cbc', rounds: 4 });
const stranger = sshKeyPair();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const lineOf = (privateKey: string): string => {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  const key = Array.isArray(parsed) ? parsed[0]! : parsed;
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
};
const pkcs8 = (key: ReturnType<typeof createPrivateKey>) => key.export({ type: 'pkcs8', format: 'pem' }) as string;

let server: SshServer;
beforeAll(async () => {
  server = await startSshServer({
    username: 'anna',
    password: secretPassword,
    authorizedKeys: [ed25519.public, locked.public, ...[rsa, ec].map(({ privateKey }) => lineOf(sshPrivateKey(privateKey, publicKeyOf(privateKey))))],
    directories: ['/out'],
    forbidden: ['/closed'],
  });
});
afterAll(() => server.close());
beforeEach(() => void (server.tried.length = 0));

const key = (text: string, over: { passphrase?: string; hostKey?: string; username?: string } = {}): Credential => ({
  type: 'KEY_PAIR',
  username: over.username ?? 'anna',
  privateKey: new Secret(text),
  passphrase: over.passphrase === undefined ? null : new Secret(over.passphrase),
  hostKey: over.hostKey ?? null,
});
const password = (text: string, hostKey?: string): Credential => ({ type: 'BASIC_AUTH', username: 'anna', password: new Secret(text), ...(hostKey && { hostKey }) });

type Over = { inputs?: Record<string, string>; server?: { port: number; egress: Dialer }; timeoutMs?: number };
async function verify(credential: Credential, over: Over = {}): Promise<VerifyOutcome> {
  const { port, egress } = over.server ?? server;
  const inputs = { host: '127.0.0.1', port: String(port), ...over.inputs };
  const outcome = await verifyCredential({ egress: { request: () => Promise.reject(new Error('no HTTP here')), connect: (to) => egress.connect(to) }, connector, inputs, settings: {}, credential, timeoutMs: over.timeoutMs ?? 10_000 });
  expect(JSON.stringify(outcome)).not.toMatch(/s3cret|PRIVATE KEY|secret-of-the-server/);
  return outcome;
}

describe('signing in', () => {
  it.each<[string, Credential]>([
    ['an OpenSSH key', key(ed25519.private)],
    ['an OpenSSH key with its passphrase', key(locked.private, { passphrase: 's3cret-passphrase' })],
    ['an RSA key in PKCS#8', key(pkcs8(rsa.privateKey))],
    ['an RSA key in PKCS#1', key(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string)],
    ['an EC key in SEC1', key(ec.privateKey.export({ type: 'sec1', format: 'pem' }) as string)],
    ['an RSA key in PKCS#8 with its passphrase', key(rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 's3cret-p' }) as string, { passphrase: 's3cret-p' })],
    ['a password', password(secretPassword)],
  ])('works with %s, and says whose account it is and what the host key was', async (_, credential) => {
    expect(await verify(credential, { inputs: { directory: '/out' } })).toEqual({
      kind: 'verified',
      account: { id: `127.0.0.1:${server.port}/anna`, name: 'anna@127.0.0.1' },
      hostKey: server.fingerprint,
    });
  });

  it('works with an Ed25519 key in PKCS#8, which SSH programs do not read', async () => {
    const own = generateKeyPairSync('ed25519');
    const line = lineOf(sshPrivateKey(own.privateKey, own.publicKey));
    const other = await startSshServer({ username: 'anna', authorizedKeys: [line] });
    expect(await verify(key(pkcs8(own.privateKey)), { server: other })).toMatchObject({ kind: 'verified' });
    await other.close();
  });

  it('works where the server asks for the password by question and answer', async () => {
    const asking = await startSshServer({ username: 'anna', password: secretPassword, keyboardOnly: true });
    expect(await verify(password(secretPassword), { server: asking })).toMatchObject({ kind: 'verified' });
    expect(await verify(password('s3cret-wrong'), { server: asking })).toMatchObject({ kind: 'rejected' });
    await asking.close();
  });

  it.each<[string, Credential, Record<string, string>, string]>([
    ['another key', key(stranger.private), {}, 'does not accept this user'],
    ['another user', key(ed25519.private, { username: 'bert' }), {}, 'does not accept this user'],
    ['a wrong password', password('s3cret-wrong'), {}, 'does not accept this user'],
    ['a key without its passphrase', key(locked.private), {}, 'protected by a passphrase'],
    ['a key with a wrong passphrase', key(locked.private, { passphrase: 's3cret-no' }), {}, 'does not open the private key'],
    ['a public key', key(ed25519.public), {}, 'not a private key'],
    ['a text that is no key', key('s3cret text'), {}, 'not a private key'],
    ['a directory that is not there', key(ed25519.private), { directory: '/nowhere' }, 'the directory does not exist'],
    ['a directory that must not be read', key(ed25519.private), { directory: '/closed' }, 'may not read the directory'],
    ['a kind of credential SSH does not know', { type: 'SECRET_TEXT', secretText: new Secret('s3cret') }, {}, 'SECRET_TEXT'],
    ['a port that is none', key(ed25519.private), { port: '99999' }, 'is not a port'],
    ['a host that is none', key(ed25519.private), { host: 'a..b' }, 'cannot be part of a host name'],
  ])('is rejected with %s', async (_, credential, inputs, message) => {
    expect(await verify(credential, { inputs })).toMatchObject({ kind: 'rejected', status: null, message: expect.stringContaining(message) as string });
  });

  it('tries a refused key once, for servers lock out who tries on', async () => {
    await verify(key(stranger.private));
    expect(server.tried).toEqual(['publickey']);
  });

  it('is rejected where the user may not transfer files', async () => {
    const shell = await startSshServer({ username: 'anna', password: secretPassword, noSftp: true });
    expect(await verify(password(secretPassword), { server: shell })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('no SFTP') as string });
    await shell.close();
  });
});

describe('the host key', () => {
  const otherFingerprint = fingerprintOf(sshKeyPair().public);

  it('is accepted as given, with and without the padding', async () => {
    for (const host_key_fingerprint of [server.fingerprint, `${server.fingerprint}=`]) {
      expect(await verify(key(ed25519.private), { inputs: { host_key_fingerprint } })).toMatchObject({ kind: 'verified' });
    }
  });

  it.each<[string, Credential, Record<string, string>]>([
    ['than was given', key(ed25519.private), { host_key_fingerprint: otherFingerprint }],
    ['than was seen first', key(ed25519.private, { hostKey: otherFingerprint }), {}],
    ['than was seen first, with a password', password(secretPassword, otherFingerprint), {}],
  ])('is refused if it is another one %s, before anything secret is sent', async (_, credential, inputs) => {
    const outcome = await verify(credential, { inputs });
    expect(outcome).toMatchObject({ kind: 'rejected', message: expect.stringMatching(/shows the host key SHA256:.*another server, or a new key/) as string });
    expect(server.tried).toEqual([]);
  });

  it('may change when a person gives the new one', async () => {
    expect(await verify(key(ed25519.private, { hostKey: otherFingerprint }), { inputs: { host_key_fingerprint: server.fingerprint } })).toMatchObject({ kind: 'verified' });
  });
});

describe('what is no SSH server', () => {
  it('says nothing: the deadline ends it', async () => {
    const silent = await startTcpServer(() => undefined);
    const began = performance.now();
    expect(await verify(key(ed25519.private), { server: silent, timeoutMs: 400 })).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('did not finish within 400 ms') as string });
    expect(performance.now() - began).toBeLessThan(5_000);
    await silent.close();
  });

  it('never stops talking: it is hung up on', async () => {
    let sent = 0;
    const flood = await startTcpServer((socket) => {
      const line = Buffer.from(`s3cret ${'x'.repeat(500)}\r\n`);
      const pour = () => {
        while (!socket.destroyed && socket.write(line)) sent += line.length;
      };
      socket.on('drain', pour);
      pour();
    });
    expect(await verify(key(ed25519.private), { server: flood, timeoutMs: 8_000 })).toMatchObject({ kind: 'unavailable' });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    await flood.close();
  });

  it('sends one endless line: it is hung up on', async () => {
    const flood = await startTcpServer((socket) => {
      const pour = () => {
        while (!socket.destroyed && socket.write('x'.repeat(16_384))) continue;
      };
      socket.on('drain', pour);
      pour();
    });
    const began = performance.now();
    expect(await verify(key(ed25519.private), { server: flood, timeoutMs: 8_000 })).toMatchObject({ kind: 'unavailable' });
    expect(performance.now() - began).toBeLessThan(7_000);
    await flood.close();
  });

  it('speaks HTTP or hangs up', async () => {
    for (const talk of ['HTTP/1.1 400 Bad Request\r\n\r\n', '']) {
      const other = await startTcpServer((socket) => void socket.end(talk));
      expect(await verify(key(ed25519.private), { server: other })).toMatchObject({ kind: 'unavailable' });
      await other.close();
    }
  });

  it('is not there, or is where nothing may go', async () => {
    const gone = await startTcpServer(() => undefined);
    await gone.close();
    const egress = createEgress({ allow: [`127.0.0.1:${gone.port}`] });
    expect(await verify(key(ed25519.private), { server: { port: gone.port, egress } })).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('EGRESS_CONNECT') as string });
    const closed = createEgress({ allow: [] });
    expect(await verify(key(ed25519.private), { server: { port: server.port, egress: closed } })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('was not let out') as string });
    await Promise.all([egress.close(), closed.close()]);
  });
});
