interface Bucket {
  tokens: number;
  at: number;
}

const maxBuckets = 50_000;

/**
 * One bucket per caller: it holds so many requests, and fills again so many per second. A replica's own memory is the right place: the
 * limit keeps one caller from taking all of a replica, and who is balanced over several may do as many times as much.
 */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #perSecond: number;
  readonly #size: number;

  /** @param perSecond 0: without limit */
  constructor(perSecond: number, size: number) {
    this.#perSecond = perSecond;
    this.#size = size;
  }

  /** Takes one. Seconds to wait if there is none, else 0. */
  take(caller: string, now: number): number {
    const wait = this.wait(caller, now);
    const bucket = this.#buckets.get(caller);
    if (wait === 0 && bucket !== undefined) bucket.tokens -= 1;
    return wait;
  }

  /** Seconds until there is one, without taking it. */
  wait(caller: string, now: number): number {
    if (this.#perSecond === 0) return 0;
    const bucket = this.#fill(caller, now);
    return bucket.tokens >= 1 ? 0 : (1 - bucket.tokens) / this.#perSecond;
  }

  #fill(caller: string, now: number): Bucket {
    const known = this.#buckets.get(caller);
    const bucket = known ?? { tokens: this.#size, at: now };
    bucket.tokens = Math.min(this.#size, bucket.tokens + ((now - bucket.at) / 1_000) * this.#perSecond);
    bucket.at = now;
    if (known === undefined) {
      if (this.#buckets.size >= maxBuckets) this.#forget(now);
      this.#buckets.set(caller, bucket);
    }
    return bucket;
  }

  /** Full buckets are like none; if all are in use the oldest goes, which is kinder than to grow without end. */
  #forget(now: number): void {
    for (const [caller, { tokens, at }] of this.#buckets) if (tokens + ((now - at) / 1_000) * this.#perSecond >= this.#size) this.#buckets.delete(caller);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size >= maxBuckets && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
