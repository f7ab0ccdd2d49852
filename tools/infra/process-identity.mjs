import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A process and not merely a number: process ids are used again, so the moment it started belongs to it.
 * @typedef {{ pid: number, startedAt: string }} ProcessIdentity
 */

/**
 * @param {number} pid
 * @returns {(ProcessIdentity & { command: string }) | null} null if there is no such process (a zombie counts as none)
 */
export function identify(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** @param {number} pid */
function fromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may itself hold spaces and parentheses: the fields begin after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, startedAt: `${boot}:${fields[19]}`, command };
  } catch {
    return null;
  }
}

/** @param {number} pid */
function fromPs(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'state=,lstart=,command=', '-p', String(pid)], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  // `lstart` is 24 characters wide: "Mon Jan  1 00:00:00 2026".
  const match = /^\s*(\S+)\s+(.{24})\s+(.*)$/s.exec(stdout ?? '');
  if (match === null || match[1]?.startsWith('Z')) return null;
  return { pid, startedAt: match[2] ?? '', command: (match[3] ?? '').trim() };
}

/**
 * @param {ProcessIdentity} identity
 * @returns {boolean} true if that very process still runs
 */
export function isRunning(identity) {
  return identify(identity.pid)?.startedAt === identity.startedAt;
}

/**
 * Ends a process: the polite signal, then SIGKILL after the bound. Resolves when it is gone.
 * @param {ProcessIdentity} identity
 * @param {{ signal?: NodeJS.Signals, boundMs?: number }} [options] default SIGTERM, 10 s
 */
export async function endProcess(identity, { signal = 'SIGTERM', boundMs = 10_000 } = {}) {
  const deadline = Date.now() + boundMs;
  send(identity, signal);
  while (isRunning(identity)) {
    if (Date.now() > deadline) send(identity, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * @param {ProcessIdentity} identity
 * @param {NodeJS.Signals} signal
 */
function send(identity, signal) {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}
