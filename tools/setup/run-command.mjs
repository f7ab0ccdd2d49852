import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { startGuarded } from '../infra/guarded-process.mjs';
import { readSince } from '../infra/log-file.mjs';

/**
 * Runs a command to its end with its output in a file. It and its descendants end with this process.
 * @param {{ name: string, command: string, args: readonly string[], cwd: string, log: string, env?: NodeJS.ProcessEnv, onTick?: (seconds: number) => void }} options
 *   `onTick` is called every ten seconds
 * @returns {Promise<{ ok: boolean, lines: string[] }>} what it wrote
 */
export async function runCommand({ name, command, args, cwd, log, env, onTick }) {
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, '');
  const started = performance.now();
  const child = await startGuarded({ name, command, args, cwd, env, logFile: log, group: true });
  const tick = setInterval(() => onTick?.(Math.round((performance.now() - started) / 1_000)), 10_000);
  try {
    const { code } = await child.ended;
    return { ok: code === 0, lines: readSince(log) };
  } finally {
    clearInterval(tick);
  }
}
