import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort, waitFor } from '@trunkline/testing';

export interface WorkerProcess {
  readonly url: string;
  /** `SIGKILL`: no last words. `SIGSTOP`/`SIGCONT`: a machine that sleeps and wakes. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void;
  /** Resolves with the exit code when the process is gone. */
  readonly gone: Promise<number | null>;
}

const started = new Set<ChildProcess>();

/** The service as operators run it: a process of its own, from its `main.ts`. */
export async function startWorkerProcess(environment: Record<string, string>): Promise<WorkerProcess> {
  const port = await freePort();
  const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@trunkline/source', '--import', path('./process/register.mjs'), path('../src/main.ts')], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', LOG_LEVEL: 'silent', TRUNKLINE_EXIT_WITH_PARENT: 'true', ...environment, PORT: String(port) },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  started.add(child);
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  void gone.then(() => started.delete(child));
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/health/ready`)).ok, { what: 'the worker process to be ready', timeoutMs: 30_000 });
  return { url, signal: (name) => void child.kill(name), gone };
}

/** Ends every process a test has left. */
export function endWorkerProcesses(): void {
  for (const child of started) child.kill('SIGKILL');
}
