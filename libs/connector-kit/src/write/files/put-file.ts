import type { SFTPWrapper } from 'ssh2';
import { ProviderError } from '../../provider-error.js';
import type { FileSession } from '../../read/files/sftp-files.js';

/** What every server takes at once, and how many of them are on their way at the same time. */
const chunkBytes = 32 * 1024;
const mostTogether = 16;

const quietly = async (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    (error: unknown) => {
      // A session that broke says nothing about the file.
      if (error instanceof ProviderError && error.message.includes('closed the connection')) throw error;
      return false;
    },
  );

const exists = ({ call }: FileSession, path: string): Promise<boolean> => quietly(call<unknown>(path, (sftp, done) => sftp.stat(path, done)));

/** A directory and those above it, as far as they are not there. */
export async function makeDirectory(session: FileSession, path: string): Promise<void> {
  if (path === '' || path === '/' || path === '.' || (await exists(session, path))) return;
  const above = path.lastIndexOf('/');
  if (above > 0) await makeDirectory(session, path.slice(0, above));
  const made = session.call<unknown>('the directory', (sftp, done) => sftp.mkdir(path, (error) => done(error, undefined)));
  // Another writer may have been faster.
  await made.catch(async (error: unknown) => {
    if (!(await exists(session, path))) throw error;
  });
}

/** Draft 02 of the protocol cannot rename onto a file that is there; OpenSSH's extension can, and does it in one step. */
async function rename(session: FileSession, from: string, to: string): Promise<void> {
  const atomic = session.call<unknown>('the file', (sftp: SFTPWrapper, done) => {
    try {
      sftp.ext_openssh_rename(from, to, (error) => done(error, undefined));
    } catch (error) {
      // The server has not said that it knows the extension.
      done(error as Error, undefined);
    }
  });
  if (await quietly(atomic)) return;
  const plain = (): Promise<unknown> => session.call<unknown>('the file', (sftp, done) => sftp.rename(from, to, (error) => done(error, undefined)));
  if (await quietly(plain())) return;
  await quietly(session.call<unknown>('the file', (sftp, done) => sftp.unlink(to, (error) => done(error, undefined))));
  await plain();
}

/** The checkpoint moves behind what is confirmed here: a server that knows OpenSSH's extension is asked to have it on its disk. */
function flush({ call }: FileSession, handle: Buffer): Promise<unknown> {
  return call<unknown>('the file', (sftp, done) => {
    try {
      sftp.ext_openssh_fsync(handle, (error) => done(error, undefined));
    } catch {
      done(null, undefined);
    }
  });
}

/** Writes a file whole or not at all: beside its name first, and under its name when the last byte is there. */
export async function putFile(session: FileSession, path: string, content: Buffer): Promise<void> {
  const { call } = session;
  const part = `${path}.part`;
  const handle = await call<Buffer>('the file', (sftp, done) => sftp.open(part, 'w', done));
  const write = (offset: number): Promise<unknown> =>
    call<unknown>('the file', (sftp, done) => sftp.write(handle, content, offset, Math.min(chunkBytes, content.length - offset), offset, (error) => done(error, undefined)));
  const places = Array.from({ length: Math.ceil(content.length / chunkBytes) }, (_, index) => index * chunkBytes);
  for (let from = 0; from < places.length; from += mostTogether) await Promise.all(places.slice(from, from + mostTogether).map(write));
  await flush(session, handle);
  await call<unknown>('the file', (sftp, done) => sftp.close(handle, (error) => done(error, undefined)));
  await rename(session, part, path);
}
