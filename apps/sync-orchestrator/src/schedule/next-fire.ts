import { Cron } from 'croner';
import { invalid } from '../flow/flow.js';

const options = { mode: '5-part', timezone: 'UTC' } as const;

/**
 * A schedule of five fields, in UTC. Pure: nothing is started.
 *
 * @throws AppError VALIDATION that says what is wrong with it
 */
export function readCron(text: string): Cron {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 5) throw invalidCron(`has ${parts.length} fields and must have five: minute, hour, day of month, month, day of week, for example "0 6 * * 1-5"`);
  let cron: Cron;
  try {
    cron = new Cron(parts.join(' '), options);
  } catch (error) {
    throw invalidCron(`is no schedule: ${(error as Error).message.replace(/^CronPattern: /, '').replace(/\.$/, '')}`);
  }
  if (cron.nextRun(new Date(0)) === null) throw invalidCron('names a day that never comes');
  return cron;
}

const invalidCron = (message: string): Error => invalid('cron', message);

/** The first fire after a moment. */
export const nextFire = (cron: string, after: Date): Date => readCron(cron).nextRun(after)!;

/** The newest fire that is over by then: fires that were missed are one. `due` is the oldest of them. */
export function latestFire(cron: string, due: Date, now: Date): Date {
  // The library answers strictly before, to the second: asked for a second later, it may name one that is still to come first.
  const latest = readCron(cron).previousRuns(2, new Date(now.getTime() + 1_000)).find((fire) => fire <= now);
  return latest === undefined || latest < due ? due : latest;
}
