import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Secret } from '@trunkline/contracts';
import { EgressError } from '@trunkline/egress';
import type { Egress } from '@trunkline/egress';
import ssh2 from 'ssh2';
import type { Client, SFTPWrapper } from 'ssh2';

/** The way out for protocols that are not HTTP. Only `connect` is used. */
export type Dialer = Pick<Egress, 'connect'>;

export interface SshSignIn {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly by: { readonly password: Secret } | { readonly privateKey: string };
  /** `SHA256:…`; null: whichever the server shows. */
  readonly hostKey: string | null;
  /** Bytes the server may send in the whole session. Default: enough for a sign-in and one look into a directory. */
  readonly mostBytes?: number;
}

/** `rejected`: asking again will not help. The message is ours: nothing the server wrote is in it. */
export class SshFailure extends Error {
  override readonly name = 'SshFailure';

  constructor(
    readonly kind: 'rejected' | 'unavailable',
    message: string,
  ) {
    super(message);
  }
}

/** A sign-in and one look into a directory fit into this many times over; a server that sends more has something else in mind. */
const mostBytes = 4 * 1024 * 1024;
const padding = /=+$/;

const fingerprintOf = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(padding, '')}`;

/** ssh2 says by `level` where it went wrong; its texts may quote the server. */
function failureOf(error: unknown): SshFailure {
  if (error instanceof SshFailure) return error;
  if (error instanceof EgressError) {
    const refused = error.code === 'EGRESS_BLOCKED' || error.code === 'EGRESS_URL_INVALID';
    return refused ? new SshFailure('rejected', `the connection was not let out: ${error.message}`) : new SshFailure('unavailable', `there was no connection (${error.code})`);
  }
  const level = (error as { level?: unknown } | null)?.level;
  if (level === 'client-authentication') return new SshFailure('rejected', 'the server does not accept this user with this key or password');
  return new SshFailure('unavailable', 'the server ended the connection or does not speak SSH as it should');
}

/**
 * Signs in over SSH, lets `use` do one thing, and hangs up: within one deadline, whatever the server does.
 *
 * @returns what `use` found and the fingerprint of the host key
 * @throws SshFailure
 */
export async function withSftp<Result>(dialer: Dialer, signIn: SshSignIn, timeoutMs: number, use: (sftp: SFTPWrapper) => Promise<Result>): Promise<{ result: Result; hostKey: string }> {
  const client = new ssh2.Client();
  // A late error of a connection that was given up must not become an uncaught one.
  client.on('error', () => undefined);
  let socket: Socket | undefined;
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SshFailure('unavailable', `the server did not finish within ${timeoutMs} ms`)), timeoutMs);
  });
  const work = async () => {
    const opened = await dialer.connect({ host: signIn.host, port: signIn.port, timeoutMs });
    socket = opened;
    opened.on('error', () => undefined);
    if (over) {
      opened.destroy();
      throw new SshFailure('unavailable', 'the connection came too late');
    }
    const hostKey = await ready(client, opened, signIn, timeoutMs);
    return { result: await use(await sftpOf(client)), hostKey };
  };
  try {
    return await Promise.race([work(), tooLate]);
  } catch (error) {
    throw failureOf(error);
  } finally {
    over = true;
    clearTimeout(timer);
    client.end();
    socket?.destroy();
  }
}

/** A session that lasts until it is closed, for reading files. */
export interface SftpSession {
  readonly sftp: SFTPWrapper;
  close(): void;
}

/** Signs in over SSH and stays. @throws SshFailure */
export async function openSftp(dialer: Dialer, signIn: SshSignIn, timeoutMs: number): Promise<SftpSession> {
  const client = new ssh2.Client();
  client.on('error', () => undefined);
  let socket: Socket | undefined;
  const close = (): void => {
    client.end();
    socket?.destroy();
  };
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SshFailure('unavailable', `the server did not finish within ${timeoutMs} ms`)), timeoutMs);
  });
  const work = async (): Promise<SFTPWrapper> => {
    socket = await dialer.connect({ host: signIn.host, port: signIn.port, timeoutMs });
    socket.on('error', () => undefined);
    await ready(client, socket, signIn, timeoutMs);
    return sftpOf(client);
  };
  const working = work();
  try {
    return { sftp: await Promise.race([working, tooLate]), close };
  } catch (error) {
    working.catch(() => undefined).finally(close);
    close();
    throw failureOf(error);
  } finally {
    clearTimeout(timer);
  }
}

/** From the first byte to the user being let in. Resolves with the host key's fingerprint. */
function ready(client: Client, socket: Socket, { username, by, hostKey, mostBytes: allowed = mostBytes }: SshSignIn, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const hostVerifier = (key: Buffer): boolean => {
      seen = fingerprintOf(key);
      if (hostKey === null || hostKey.replace(padding, '') === seen) return true;
      reject(new SshFailure('rejected', `the server shows the host key ${seen}, not ${hostKey}: another server, or a new key; check it before you give the new fingerprint`));
      return false;
    };
    client.once('ready', () => resolve(seen));
    client.once('error', reject);
    client.once('close', () => reject(new SshFailure('unavailable', 'the server closed the connection')));
    const password = 'password' in by ? by.password : undefined;
    if (password !== undefined) answerPrompts(client, password);
    try {
      client.connect({
        sock: socket,
        username,
        hostVerifier,
        readyTimeout: timeoutMs,
        ...('privateKey' in by ? { privateKey: by.privateKey } : { password: by.password.reveal(), tryKeyboard: true }),
      });
    } catch {
      reject(new SshFailure('rejected', 'the private key cannot be used for SSH'));
    }
    let bytes = 0;
    // After `connect`, which pauses the socket until it listens itself: an earlier listener would take its first bytes.
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= allowed) return;
      reject(new SshFailure('unavailable', 'the server sent far more than a sign-in needs'));
      socket.destroy();
    });
  });
}

/** RFC 4256: many servers ask for the password by this way alone. One hidden question, once; anything else gets no answer. */
function answerPrompts(client: Client, password: Secret): void {
  let asked = false;
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
    const [prompt] = prompts;
    const isPassword = !asked && prompts.length === 1 && prompt !== undefined && prompt.echo !== true;
    asked = true;
    finish(isPassword ? [password.reveal()] : []);
  });
}

const sftpOf = (client: Client): Promise<SFTPWrapper> =>
  new Promise((resolve, reject) => {
    client.once('close', () => reject(new SshFailure('unavailable', 'the server closed the connection')));
    client.sftp((error, sftp) => {
      if (error) reject(new SshFailure('rejected', 'the user may sign in but not transfer files (no SFTP)'));
      else resolve(sftp);
    });
  });
