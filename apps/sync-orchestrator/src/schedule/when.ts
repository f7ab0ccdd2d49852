import type { EntityManager } from 'typeorm';
import { nextFire } from './next-fire.js';

/** When a flow runs by itself: one of the two, or neither. */
export interface When {
  readonly intervalSeconds: number | null;
  readonly cron: string | null;
}

/** As a request says it: what is left out is undecided. */
export interface AskedWhen {
  readonly intervalSeconds?: number | null | undefined;
  readonly cron?: string | null | undefined;
}

const everyHour = 3_600;

/** Of a new flow. Nothing said: every hour; null: not by itself. */
export const whenOf = ({ intervalSeconds, cron }: AskedWhen): When => ({
  intervalSeconds: intervalSeconds === undefined && cron === undefined ? everyHour : (intervalSeconds ?? null),
  cron: cron ?? null,
});

/** After a change: whichever is given takes the other's place. */
export function whenChanged(before: When, { intervalSeconds, cron }: AskedWhen): When {
  if (typeof intervalSeconds === 'number') return { intervalSeconds, cron: null };
  if (typeof cron === 'string') return { intervalSeconds: null, cron };
  return { intervalSeconds: intervalSeconds === undefined ? before.intervalSeconds : null, cron: cron === undefined ? before.cron : null };
}

/** A fire of the flow as it stood, and what is to be of it. */
export interface Moved {
  readonly before: When & { readonly nextRunAt: Date | null; readonly enabled: boolean };
  readonly after: When & { readonly enabled: boolean };
}

/** When a changed flow is due next: a shorter interval counts from now, a longer one from the fire that is next; what a pause let pass of a cron is not made up for. */
export function nextRunAfterChange({ before, after }: Moved, now: Date): Date | null {
  if (after.cron !== null) {
    const stands = after.cron === before.cron && before.nextRunAt !== null && (before.enabled || !after.enabled);
    return stands ? before.nextRunAt : nextFire(after.cron, now);
  }
  if (after.intervalSeconds === null) return null;
  const fromNow = new Date(now.getTime() + after.intervalSeconds * 1_000);
  if (before.intervalSeconds === null || before.nextRunAt === null) return fromNow;
  return after.intervalSeconds < before.intervalSeconds && fromNow < before.nextRunAt ? fromNow : before.nextRunAt;
}

/** The database's clock. */
export async function clockOf(tx: EntityManager): Promise<Date> {
  const [row] = (await tx.query('SELECT now() AS now')) as [{ now: Date }];
  return row.now;
}
