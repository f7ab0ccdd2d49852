import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './data-folder.mjs';
import { unpackDebianPackage, unpackedEarlier } from './debian-package.mjs';
import { Failure } from './failure.mjs';

const debian = { name: 'openssh-sftp-server', files: ['usr/lib/openssh/sftp-server'] };
/** Where systems put it; it is on nobody's PATH. */
const places = ['/usr/lib/openssh/sftp-server', '/usr/libexec/sftp-server', '/usr/libexec/openssh/sftp-server', '/usr/lib/ssh/sftp-server', '/opt/homebrew/libexec/sftp-server'];

/**
 * OpenSSH's sftp-server: the machine's, one unpacked earlier, or the package unpacked privately. It needs nothing but the C library.
 * @param {{ cacheDir?: string, onProgress?: (line: string) => void }} [options] `cacheDir`: where an unpacked one is kept
 * @returns {Promise<string>} its path
 * @throws Failure that says how to get one
 */
export async function ensureSftpServer({ cacheDir = join(dataFolder(), 'tools'), onProgress } = {}) {
  const found = [...places, ...unpackedEarlier(cacheDir, debian)].find((path) => existsSync(path));
  if (found !== undefined) return found;
  const { path, reason } = await unpackDebianPackage({ ...debian, suite: null, cacheDir, onProgress, accept: () => 'own' });
  if (path === null) throw new Failure(`OpenSSH's sftp-server is not on this machine${reason === null ? '' : ` (${reason})`}. Install the OpenSSH server.`);
  return path;
}
