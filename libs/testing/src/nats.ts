import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { freePort } from './free-port.js';
import { waitFor } from './wait-for.js';

export interface TestNats {
  readonly url: string;
  /** Where JetStream keeps its files. */
  readonly storeDirectory: string;
  /** Ends the server: `SIGKILL` for a crash, `SIGTERM` for a graceful end. The store stays. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Starts it again on the same port and store. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestNatsOptions {
  /** Further lines of nats-server configuration (users, permissions, limits). */
  config?: string;
  /** User and password the helper itself uses to see that the server is up. */
  user?: string;
  password?: string;
}

/** A real nats-server with JetStream on a free port, with a store of its own. */
export async function startTestNats(options: TestNatsOptions = {}): Promise<TestNats> {
  const binary = process.env.TRUNKLINE_TEST_NATS_SERVER;
  if (binary === undefined) throw new Error('TRUNKLINE_TEST_NATS_SERVER is not set: start the tests with `npm test` or `nx test <project>`');
  const directory = await mkdtemp(join(tmpdir(), 'trunkline-nats-'));
  const port = await freePort();
  const file = join(directory, 'nats.conf');
  await writeFile(file, `listen: 127.0.0.1:${port}\nmax_payload: 8MB\njetstream { store_dir: "${join(directory, 'store')}", max_file_store: 64GB }\n${options.config ?? ''}\n`, { mode: 0o600 });
  const url = `nats://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const start = async () => {
    child = spawn(binary, ['-c', file], { stdio: 'ignore' });
    await waitFor(
      async () => {
        const probe = await connect({ servers: url, user: options.user, pass: options.password, reconnect: false, timeout: 1_000 });
        await probe.close();
        return true;
      },
      { what: 'nats-server to accept connections' },
    );
  };
  const kill = async (signal: 'SIGKILL' | 'SIGTERM') => {
    const dying = child;
    child = undefined;
    if (dying === undefined || dying.exitCode !== null) return;
    await new Promise<void>((resolve) => {
      dying.once('exit', () => resolve());
      dying.kill(signal);
    });
  };
  await start();
  return {
    url,
    storeDirectory: join(directory, 'store'),
    kill,
    restart: start,
    stop: async () => {
      await kill('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
