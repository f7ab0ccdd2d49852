import { fileURLToPath } from 'node:url';
import { waitFor } from '@trunkline/testing';
import { spawn } from 'node:child_process';

/** A helper program of this folder as a process; ready when it says so. */
export async function startProgram(file, argument, environment) {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [script, ...(argument === undefined ? [] : [argument])], { env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await waitFor(() => output.includes('ready'), { what: `${file} to be ready` });
  return { stop: () => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGTERM')) };
}
