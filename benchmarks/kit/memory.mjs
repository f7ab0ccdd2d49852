/** Memory of processes, from /proc (Linux). */
import { readFile, writeFile } from 'node:fs/promises';

/** Most memory the process took since it started, or since {@link forgetPeak}, in MB. */
export async function peakMb(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))[1]) / 1_024;
}

export const forgetPeak = (pid) => writeFile(`/proc/${pid}/clear_refs`, '5');
