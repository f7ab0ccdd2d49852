import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import type { Credential } from '../../credential.js';
import { ProviderError } from '../../provider-error.js';
import type { BoundConnector } from '../../render/bind-connector.js';
import { openSftp, SshFailure } from '../../auth/ssh-session.js';
import { proofOf, sftpServerOf } from '../../auth/verify-sftp.js';
import { PrivateKeyError } from '../../auth/private-key.js';
import type { ServerAccess } from '../server.js';
import { textOf } from '../server.js';

/** A file as the directory shows it. */
export interface RemoteFile {
  readonly name: string;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly size: number;
}

/** A signed-in look at one server's files. Every call has a deadline; behind one that passed the session is closed. */
export interface RemoteFiles {
  list(directory: string): Promise<RemoteFile[]>;
  /** Bytes of a file from a place on; fewer than asked for only at its end. */
  read(path: string, offset: number, length: number): Promise<Buffer>;
  close(): void;
}

/** draft-ietf-secsh-filexfer-02 §7. */
const status = { endOfFile: 1, noSuchFile: 2, permissionDenied: 3, failure: 4 };
/** A directory with more is not one to be read as a list. */
const mostFiles = 100_000;
/** What every server gives at once, and how many of them are asked for at the same time. */
const chunkBytes = 32 * 1024;
const mostTogether = 16;

function failureOf(error: unknown, what: string): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof PrivateKeyError) return new ProviderError('unauthorized', error.message);
  if (error instanceof SshFailure) {
    const refused = error.kind === 'rejected';
    return new ProviderError(refused && error.message.includes('does not accept this user') ? 'unauthorized' : refused ? 'rejected' : 'unavailable', error.message);
  }
  const { code } = error as { code?: unknown };
  if (code === status.permissionDenied) return new ProviderError('forbidden', `the user may not use ${what}`);
  if (code === status.noSuchFile) return new ProviderError('rejected', `${what} does not exist there`);
  return new ProviderError('unavailable', `${what} cannot be used just now`);
}

type Done<Result> = (error: Error | undefined | null, result: Result) => void;

/** Signed in. `what` a call is about is told where it fails. */
export interface FileSession {
  call<Result>(what: string, start: (sftp: SFTPWrapper, done: Done<Result>) => void): Promise<Result>;
  close(): void;
}

/** Signs in at the connector's server, which must show the host key that is known. @throws ProviderError */
export async function openFileSession(egress: Partial<ServerAccess>, bound: BoundConnector, credential: Credential, timeoutMs: number): Promise<FileSession> {
  const { verification, name } = bound.connector;
  const connect = egress.connect?.bind(egress);
  if (verification.protocol !== 'sftp') throw new ProviderError('rejected', `${name} is no SFTP server`);
  if (connect === undefined) throw new Error(`${name} is read over SSH, and this egress opens no connections but HTTP`);
  const server = sftpServerOf(bound, verification);
  let session;
  try {
    const { pinned, ...proof } = await proofOf(bound.connector, credential, bound.values);
    const hostKey = textOf(verification.hostKeyFingerprint, bound) ?? pinned;
    // Whoever answers would otherwise be handed the password.
    if (hostKey === null) throw new ProviderError('rejected', `${name}: no host key is known; verify the connection first`);
    session = await openSftp({ connect }, { ...server, ...proof, hostKey, mostBytes: Number.POSITIVE_INFINITY }, timeoutMs);
  } catch (error) {
    throw failureOf(error, 'the server');
  }
  const { sftp, close } = session;
  // Every call under way listens for the end of the session.
  sftp.setMaxListeners(0);

  const call = <Result>(what: string, start: (sftp: SFTPWrapper, done: Done<Result>) => void): Promise<Result> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        close();
        reject(new ProviderError('unavailable', `${name}: the server did not answer within ${timeoutMs} ms`));
      }, timeoutMs);
      const closed = (): void => settle(() => reject(new ProviderError('unavailable', `${name}: the server closed the connection`)));
      const settle = (then: () => void): void => {
        clearTimeout(timer);
        sftp.off('close', closed);
        then();
      };
      sftp.once('close', closed);
      try {
        start(sftp, (error, result) => settle(() => (error ? reject(failureOf(error, what)) : resolve(result))));
      } catch {
        closed();
      }
    });
  return { call, close };
}

/** Signs in to read files. @throws ProviderError */
export async function openFiles(egress: Partial<ServerAccess>, bound: BoundConnector, credential: Credential, timeoutMs: number): Promise<RemoteFiles> {
  const { call, close } = await openFileSession(egress, bound, credential, timeoutMs);
  const handles = new Map<string, Buffer>();
  const release = async (path: string): Promise<void> => {
    const handle = handles.get(path);
    handles.delete(path);
    if (handle !== undefined) await call<unknown>('the file', (at, done) => at.close(handle, (error) => done(error, undefined))).catch(() => undefined);
  };

  return {
    async list(directory) {
      const handle = await call<Buffer>('the directory', (at, done) => at.opendir(directory, done));
      const found: RemoteFile[] = [];
      for (;;) {
        const entries = await call<FileEntryWithStats[] | null>('the directory', (at, done) =>
          at.readdir(handle, ((error: (Error & { code?: number }) | undefined, list: FileEntryWithStats[]) => (error?.code === status.endOfFile ? done(null, null) : done(error, list))) as never),
        );
        if (entries === null || entries.length === 0) break;
        for (const { filename, attrs } of entries) if (isFile(attrs)) found.push({ name: filename, mtime: attrs.mtime, size: attrs.size });
        if (found.length > mostFiles) throw new ProviderError('malformed', `the directory has more than ${mostFiles} files`);
      }
      await call<unknown>('the directory', (at, done) => at.close(handle, (error) => done(error, undefined))).catch(() => undefined);
      return found;
    },
    async read(path, offset, length) {
      for (const other of [...handles.keys()]) if (other !== path) await release(other);
      if (!handles.has(path)) handles.set(path, await call<Buffer>('the file', (at, done) => at.open(path, 'r', done)));
      const handle = handles.get(path)!;
      const readAt = (place: number, buffer: Buffer): Promise<number> =>
        call<number>('the file', (at, done) =>
          at.read(handle, buffer, 0, buffer.length, place, ((error: (Error & { code?: number }) | undefined, bytes: number) => (error?.code === status.endOfFile ? done(null, 0) : done(error, bytes))) as never),
        );
      /** A server may give fewer bytes than asked for before the end: then the rest is asked for. */
      const chunk = async (place: number, size: number): Promise<Buffer> => {
        const buffer = Buffer.alloc(size);
        let read = 0;
        for (let count = -1; read < size && count !== 0; read += count) count = await readAt(place + read, buffer.subarray(read));
        return buffer.subarray(0, read);
      };
      const parts: Buffer[] = [];
      // One after another each would wait for the way there and back; a small file is not asked for what it has not.
      for (let [read, together] = [0, 1]; read < length; together = Math.min(together * 2, mostTogether)) {
        const sizes: number[] = [];
        for (let sum = 0; sizes.length < together && read + sum < length; sum += sizes.at(-1)!) sizes.push(Math.min(chunkBytes, length - read - sum));
        const chunks = await Promise.all(sizes.map((size, index) => chunk(offset + read + index * chunkBytes, size)));
        const short = chunks.findIndex((one, index) => one.length < sizes[index]!);
        parts.push(...(short === -1 ? chunks : chunks.slice(0, short + 1)));
        if (short !== -1) break;
        read += sizes.reduce((sum, size) => sum + size, 0);
      }
      return Buffer.concat(parts);
    },
    close,
  };
}

/** A regular file by its mode; a server that tells no mode is believed. Links are not followed: they lead where the server likes. */
const isFile = ({ mode }: Stats): boolean => (mode & 0o170000) === 0o100000 || (mode & 0o170000) === 0;
