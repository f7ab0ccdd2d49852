import { createHash } from 'node:crypto';
import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import ssh2, { type PublicKeyAuthContext, type AuthContext, type Session } from 'ssh2';
import { sshKeyPair } from '@trunkline/testing';

const { STATUS_CODE } = ssh2.utils.sftp;

/** A real SSH server with one user and one empty directory. Its host key can be changed. */
export class SftpServer {
  readonly username = 'anna';
  password = '';
  readonly authorizedKeys: string[] = [];
  fingerprint = '';
  #ssh = new ssh2.Server({ hostKeys: [sshKeyPair().private] });
  readonly #sockets = new Set<Socket>();
  #tcp: TcpServer | undefined;

  async start(): Promise<this> {
    this.changeHostKey();
    this.#tcp = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      this.#ssh.injectSocket(socket);
    });
    await new Promise<void>((resolve) => this.#tcp!.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** As if the server had been set up anew, or another one answered in its place. */
  changeHostKey(): void {
    const pair = sshKeyPair();
    this.fingerprint = `SHA256:${createHash('sha256').update(Buffer.from(pair.public.split(' ')[1]!, 'base64')).digest('base64').replace(/=+$/, '')}`;
    this.#ssh = new ssh2.Server({ hostKeys: [pair.private] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => this.#authenticate(context));
      client.on('session', (accept) => serveDirectory(accept()));
    });
  }

  get inputs(): Record<string, string> {
    return { host: '127.0.0.1', port: String((this.#tcp!.address() as AddressInfo).port) };
  }
  get authority(): string {
    return `127.0.0.1:${this.inputs.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#tcp?.close(() => resolve()));
  }

  #authenticate(context: AuthContext): void {
    if (context.username !== this.username) return context.reject();
    if (context.method === 'password' && context.password === this.password) return context.accept();
    if (context.method === 'publickey' && this.#allows(context)) return context.accept();
    context.reject(['publickey', 'password']);
  }

  #allows(context: PublicKeyAuthContext): boolean {
    return this.authorizedKeys.some((line) => {
      const key = ssh2.utils.parseKey(line);
      if (key instanceof Error || Array.isArray(key) || !key.getPublicSSH().equals(context.key.data)) return false;
      return context.signature === undefined || key.verify(context.blob!, context.signature, context.hashAlgo) === true;
    });
  }
}

function serveDirectory(session: Session): void {
  session.on('sftp', (accept) => {
    const sftp = accept();
    sftp.on('OPENDIR', (request) => sftp.handle(request, Buffer.from('d')));
    sftp.on('READDIR', (request) => sftp.status(request, STATUS_CODE.EOF));
    sftp.on('CLOSE', (request) => sftp.status(request, STATUS_CODE.OK));
  });
}
