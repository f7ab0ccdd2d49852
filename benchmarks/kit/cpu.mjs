/** Processor seconds of processes, from /proc (Linux). */
import { readdir, readFile } from 'node:fs/promises';

const ticksPerSecond = 100;

/** @param {(line: string, pid: number) => string | undefined} groupOf the group a process counts for, by its command line */
export async function cpuSeconds(groupOf) {
  const sums = {};
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const group = groupOf((await readFile(`/proc/${name}/cmdline`, 'utf8')).replaceAll('\0', ' '), Number(name));
      if (group === undefined) continue;
      const fields = (await readFile(`/proc/${name}/stat`, 'utf8')).split(') ')[1].split(' ');
      sums[group] = (sums[group] ?? 0) + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    } catch {
      // It ended meanwhile.
    }
  }
  return sums;
}
