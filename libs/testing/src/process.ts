import { spawn, type ChildProcess } from 'node:child_process';
import { waitFor } from './wait-for.js';

export interface TestProcess {
  readonly pid: number;
  /** What it wrote to both outputs so far. */
  output(): string;
  running(): boolean;
  /** Ends it and waits until it is gone. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** A program of ours as a process of its own, so that it can be killed like one. */
export function startProcess(script: string, environment: Record<string, string>): TestProcess {
  const child: ChildProcess = spawn(process.execPath, [script], { env: { PATH: process.env.PATH ?? '', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk.toString('utf8')));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    pid: child.pid ?? 0,
    output: () => chunks.join(''),
    running: () => child.exitCode === null && child.signalCode === null,
    kill: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}

/** Waits until a service says that it is ready; fails at once, with its output, if it ends instead. */
export async function waitUntilReady(url: string, program: TestProcess, timeoutMs = 60_000): Promise<void> {
  await waitFor(
    async () => {
      if (!program.running()) return 'ended';
      return (await fetch(`${url}/health/ready`)).status === 200 && 'ready';
    },
    { timeoutMs, intervalMs: 50, what: `${url} to be ready` },
  ).then((state) => {
    if (state === 'ended') throw new Error(`The program ended before it was ready:\n${program.output().slice(-2_000)}`);
  });
}
