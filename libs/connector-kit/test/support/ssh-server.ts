import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection } from 'ssh2';
import { createEgress } from '@trunkline/egress';
import type { Egress } from '@trunkline/egress';

/** Who may sign in, and to what. */
export interface SshWorld {
  username: string;
  password?: string;
  /** OpenSSH lines. */
  authorizedKeys?: string[];
  directories?: string[];
  forbidden?: string[];
  /** Asks for the password by keyboard-interactive alone. */
  keyboardOnly?: boolean;
  noSftp?: boolean;
}

export interface SshServer {
  port: number;
  /** Of the host key, as a client sees it. */
  fingerprint: string;
  /** Methods that were tried, in order. */
  tried: string[];
  egress: Egress;
  close(): Promise<void>;
}

const { STATUS_CODE } = ssh2.utils.sftp;

type KeyOptions = Parameters<typeof ssh2.utils.generateKeyPairSync<'ed25519'>>[1] & { passphrase?: string };

/** An Ed25519 key as OpenSSH writes it. About one in six hundred that ssh2 generates nobody can read, ssh2 included. */
export function sshKeyPair(options?: KeyOptions): { private: string; public: string } {
  const pair = options === undefined ? ssh2.utils.generateKeyPairSync('ed25519') : ssh2.utils.generateKeyPairSync('ed25519', options);
  return ssh2.utils.parseKey(pair.private, options?.passphrase) instanceof Error ? sshKeyPair(options) : pair;
}

export function fingerprintOf(publicLine: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(publicLine.split(' ')[1]!, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

function authenticate(world: SshWorld, tried: string[], context: AuthContext): void {
  if (context.method !== 'none') tried.push(context.method);
  if (context.username !== world.username) return context.reject();
  if (context.method === 'password' && !world.keyboardOnly && context.password === world.password) return context.accept();
  if (context.method === 'keyboard-interactive' && world.keyboardOnly) {
    return void context.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) => (answer === world.password ? context.accept() : context.reject()));
  }
  if (context.method === 'publickey') {
    for (const line of world.authorizedKeys ?? []) {
      const allowed = ssh2.utils.parseKey(line);
      if (allowed instanceof Error || Array.isArray(allowed)) continue;
      const [left, right] = [allowed.getPublicSSH(), context.key.data];
      if (left.length !== right.length || !timingSafeEqual(left, right)) continue;
      if (context.signature === undefined || allowed.verify(context.blob!, context.signature, context.hashAlgo) === true) return context.accept();
    }
  }
  context.reject(world.keyboardOnly ? ['keyboard-interactive'] : ['publickey', 'password']);
}

function serve(world: SshWorld, client: Connection): void {
  client.on('session', (accept) => {
    const session = accept();
    session.on('sftp', (acceptSftp, reject) => {
      if (world.noSftp) return void reject?.();
      const sftp = acceptSftp();
      sftp.on('OPENDIR', (request, path) => {
        if (world.forbidden?.includes(path)) return void sftp.status(request, STATUS_CODE.PERMISSION_DENIED, 'secret-of-the-server');
        if (path !== '.' && !world.directories?.includes(path)) return void sftp.status(request, STATUS_CODE.NO_SUCH_FILE, 'secret-of-the-server');
        sftp.handle(request, Buffer.from('d'));
      });
      sftp.on('READDIR', (request) => sftp.status(request, STATUS_CODE.EOF));
      sftp.on('CLOSE', (request) => sftp.status(request, STATUS_CODE.OK));
    });
  });
}

const listen = async (server: TcpServer): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const closing = (server: { close(done: () => void): unknown }, egress: Egress, sockets: Set<Socket>) => async () => {
  await egress.close();
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
};

/** A real SSH server with SFTP on a free port. */
export async function startSshServer(world: SshWorld, hostKey = sshKeyPair()): Promise<SshServer> {
  const tried: string[] = [];
  const ssh = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => authenticate(world, tried, context));
    client.on('ready', () => serve(world, client));
  });
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    ssh.injectSocket(socket);
  });
  const port = await listen(tcp);
  const egress = createEgress({ allow: [`127.0.0.1:${port}`] });
  return { port, fingerprint: fingerprintOf(hostKey.public), tried, egress, close: closing(tcp, egress, sockets) };
}

/** Something on a port that is no SSH server: `talk` gets each connection. */
export async function startTcpServer(talk: (socket: Socket) => void): Promise<Pick<SshServer, 'port' | 'egress' | 'close'> & { sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    talk(socket);
  });
  const port = await listen(tcp);
  const egress = createEgress({ allow: [`127.0.0.1:${port}`] });
  return { port, egress, sockets, close: closing(tcp, egress, sockets) };
}
