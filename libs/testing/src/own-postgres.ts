import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface RunningPostgres {
  readonly url: string;
  readonly port: number;
  readonly data: string;
  stop(options?: { now?: boolean }): Promise<unknown>;
}
interface Launcher {
  startPostgres(options: Record<string, unknown>): Promise<RunningPostgres>;
}

/** A PostgreSQL that belongs to one test alone, so that it may be ended: the launcher behind `npm start`. */
export interface OwnPostgres {
  readonly url: string;
  /** At once, without a word to anyone who is connected, as if the machine had gone. */
  crash(): Promise<void>;
  /** On the same port and data. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  // Plain JavaScript outside of the workspace's projects, named at run time; as far from here when built.
  const { startPostgres } = (await import(new URL('../../../tools/infra/postgres.mjs', import.meta.url).href)) as Launcher;
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-own-postgres-'));
  await chmod(folder, 0o711);
  const options = {
    dataDir: join(folder, 'postgres'),
    password: randomBytes(16).toString('hex'),
    databasePassword: randomBytes(16).toString('hex'),
    stopSignal: 'SIGQUIT',
    settings: { max_connections: '200' },
  };
  let running = await startPostgres(options);
  const { port } = running;
  return {
    url: running.url,
    crash: async () => void (await running.stop({ now: true })),
    start: async () => {
      running = await startPostgres({ ...options, port });
    },
    remove: async () => {
      await running.stop();
      if (!running.data.startsWith(folder)) await rm(join(running.data, '..'), { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
