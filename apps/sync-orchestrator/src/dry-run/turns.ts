import { AppError } from '@trunkline/service';

/** Of one project and replica, in a minute. */
const mostPerMinute = 30;
/** Of all projects at once, in one replica: each may hold a connection and megabytes for twenty seconds. */
const mostAtOnce = 8;
const minuteMs = 60_000;

/** Who may dry-run just now: it sends requests into the world for nothing but a look. */
export class Turns {
  readonly #taken = new Map<string, number[]>();
  readonly #now: () => number;
  #under = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @throws AppError RATE_LIMITED, or SERVICE_UNAVAILABLE when there are too many at once */
  async take<Result>(projectId: string, work: () => Promise<Result>): Promise<Result> {
    const now = this.#now();
    for (const [project, times] of this.#taken) if (times.at(-1)! <= now - minuteMs) this.#taken.delete(project);
    const recent = (this.#taken.get(projectId) ?? []).filter((time) => time > now - minuteMs);
    if (recent.length >= mostPerMinute) {
      const retryAfterSeconds = Math.max(1, Math.ceil((recent[0]! + minuteMs - now) / 1_000));
      throw new AppError('RATE_LIMITED', `More than ${mostPerMinute} dry runs in a minute. Try again in ${retryAfterSeconds} seconds.`, { params: { retryAfterSeconds } });
    }
    if (this.#under >= mostAtOnce) throw new AppError('SERVICE_UNAVAILABLE', 'Too many dry runs at once. Try again in a moment.');
    this.#taken.set(projectId, [...recent, now]);
    this.#under += 1;
    try {
      return await work();
    } finally {
      this.#under -= 1;
    }
  }
}
