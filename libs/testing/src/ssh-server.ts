import { spawn } from 'node:child_process';
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, Session } from 'ssh2';
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
  /** Files by path; may change while the server runs. */
  files?: Map<string, { content: string | Buffer; mtime: number; mode?: number }>;
  /** Ends the session after so many reads. */
  readsPerSession?: number;
  /** Files and directories may be made, and every call that does is told here first. */
  writable?: (call: string) => 'refuse' | 'hang up' | void;
  /** Asks for the password by keyboard-interactive alone. */
  keyboardOnly?: boolean;
  noSftp?: boolean;
  /** A directory of this machine that OpenSSH's own sftp-server starts in, instead of the files above. It may go everywhere this process may. */
  openssh?: string;
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

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

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

interface Binaries {
  ensureSftpServer(): Promise<string>;
}

/** The protocol by the program that most servers run. */
function serveWithOpenssh(session: Session, directory: string): void {
  session.on('subsystem', (accept) => {
    const channel = accept();
    void (async () => {
      // Plain JavaScript outside of the workspace's projects, named at run time; as far from here when built.
      const { ensureSftpServer } = (await import(new URL('../../../tools/infra/sftp-server-binary.mjs', import.meta.url).href)) as Binaries;
      const child = spawn(await ensureSftpServer(), ['-e', '-d', directory], { stdio: ['pipe', 'pipe', 'inherit'] });
      channel.on('close', () => child.kill());
      child.on('exit', () => channel.end());
      channel.pipe(child.stdin);
      child.stdout.pipe(channel);
    })();
  });
}

function serve(world: SshWorld, client: Connection): void {
  client.on('session', (accept) => {
    const session = accept();
    if (world.openssh !== undefined) return serveWithOpenssh(session, world.openssh);
    session.on('sftp', (acceptSftp, reject) => {
      if (world.noSftp) return void reject?.();
      const sftp = acceptSftp();
      sftp.on('OPENDIR', (request, path) => {
        if (world.forbidden?.includes(path)) return void sftp.status(request, STATUS_CODE.PERMISSION_DENIED, 'secret-of-the-server');
        if (path !== '.' && path !== '' && !world.directories?.includes(path)) return void sftp.status(request, STATUS_CODE.NO_SUCH_FILE, 'secret-of-the-server');
        open.set('d', [...(world.files ?? [])].filter(([name]) => name.slice(0, name.lastIndexOf('/')) === (path === '.' ? '' : path)));
        sftp.handle(request, Buffer.from('d'));
      });
      const open = new Map<string, [string, { content: string | Buffer; mtime: number; mode?: number }][]>();
      let reads = 0;
      sftp.on('READDIR', (request) => {
        const entries = open.get('d') ?? [];
        open.set('d', []);
        if (entries.length === 0) return void sftp.status(request, STATUS_CODE.EOF);
        sftp.name(
          request,
          entries.map(([path, { content, mtime, mode = 0o100644 }]) => ({ filename: path.slice(path.lastIndexOf('/') + 1), longname: '', attrs: { mode, uid: 0, gid: 0, size: Buffer.byteLength(content), atime: mtime, mtime } })) as never,
        );
      });
      const writing = (request: number, call: string, work: () => boolean | void): void => {
        const verdict = world.writable === undefined ? 'refuse' : world.writable(call);
        if (verdict === 'hang up') return void client.end();
        if (verdict === 'refuse') return void sftp.status(request, STATUS_CODE.PERMISSION_DENIED, 'secret-of-the-server');
        if (work() === false) sftp.status(request, STATUS_CODE.FAILURE);
      };
      const done = (request: number): void => void sftp.status(request, STATUS_CODE.OK);
      const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
      sftp.on('STAT', (request, path) => {
        if (!world.directories?.includes(path) && !world.files?.has(path)) return void sftp.status(request, STATUS_CODE.NO_SUCH_FILE);
        sftp.attrs(request, { mode: 0o040755, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 });
      });
      sftp.on('MKDIR', (request, path) =>
        writing(request, `mkdir ${path}`, () => {
          if (world.directories!.includes(path) || (parentOf(path) !== '' && !world.directories!.includes(parentOf(path)))) return false;
          world.directories!.push(path);
          done(request);
        }),
      );
      sftp.on('WRITE', (request, _handle, offset, data) => {
        const [path, file] = open.get('w')![0]!;
        writing(request, `write ${path}`, () => {
          // Parts may come in any order.
          const before = Buffer.from(file.content);
          const content = Buffer.alloc(Math.max(before.length, offset + data.length));
          before.copy(content);
          data.copy(content, offset);
          file.content = content;
          done(request);
        });
      });
      sftp.on('REMOVE', (request, path) => writing(request, `remove ${path}`, () => (world.files!.delete(path) ? done(request) : false)));
      // Draft 02 §6.5: it is an error if there is a file of that name.
      sftp.on('RENAME', (request, from, to) =>
        writing(request, `rename ${from} ${to}`, () => {
          if (world.files!.has(to) || !world.files!.has(from)) return false;
          world.files!.set(to, world.files!.get(from)!);
          world.files!.delete(from);
          done(request);
        }),
      );
      sftp.on('OPEN', (request, path, flags) => {
        if ((flags & OPEN_MODE.WRITE) !== 0) {
          return writing(request, `open ${path}`, () => {
            if (!world.directories!.includes(parentOf(path))) return false;
            const made = { content: Buffer.alloc(0), mtime: 0 };
            world.files!.set(path, made);
            open.set('w', [[path, made]]);
            sftp.handle(request, Buffer.from('w'));
          });
        }
        const file = world.files?.get(path);
        if (file === undefined) return void sftp.status(request, STATUS_CODE.NO_SUCH_FILE);
        open.set('f', [[path, file]]);
        sftp.handle(request, Buffer.from('f'));
      });
      sftp.on('READ', (request, _handle, offset, length) => {
        reads += 1;
        if (world.readsPerSession !== undefined && reads > world.readsPerSession) return void client.end();
        const bytes = Buffer.from(open.get('f')![0]![1].content).subarray(offset, offset + length);
        if (bytes.length === 0) return void sftp.status(request, STATUS_CODE.EOF);
        sftp.data(request, bytes);
      });
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
  // As OpenSSH does: otherwise the end of each answer waits for an acknowledgement.
  const tcp = createServer({ noDelay: true }, (socket) => {
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
