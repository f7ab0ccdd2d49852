import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueTestCertificates } from './test-certificates.js';

interface Launcher {
  startMariadb(options: { password: string; args: readonly string[] }): Promise<{ port: number; stop(): Promise<void> }>;
}

/** A real MariaDB on the loopback interface, with TLS for `localhost` and the empty database `test`, for one test file. */
export interface TestMariadb {
  readonly port: number;
  /** Of the user `root` at 127.0.0.1, who may do everything. */
  readonly password: string;
  /** PEM of the authority its certificate is of. */
  readonly caPem: string;
  stop(): Promise<void>;
}

export async function startTestMariadb(): Promise<TestMariadb> {
  // Plain JavaScript outside of the workspace's projects, named at run time; as far from here when built.
  const { startMariadb } = (await import(new URL('../../../tools/infra/mariadb.mjs', import.meta.url).href)) as Launcher;
  const { caPem, certPem, keyPem } = await issueTestCertificates(['localhost']);
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-mariadb-tls-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(cert, certPem);
  await writeFile(key, keyPem, { mode: 0o600 });
  const password = randomBytes(16).toString('hex');
  const server = await startMariadb({ password, args: [`--ssl-cert=${cert}`, `--ssl-key=${key}`] });
  return {
    port: server.port,
    password,
    caPem,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
