import { randomUUID } from 'node:crypto';
import { batchOf, graceOf, settleSpending, spend, type BudgetRule, type BudgetSignal } from '@trunkline/connector-kit';
import type { BudgetKey, BudgetRows } from './budget-rows.js';

/** A request to be made now, and the place it takes. */
export interface Taken {
  readonly waitMs: number;
  readonly lease: string;
}

/** Of the grace a request may wait in this process; the rest is for its way to the provider. */
const shareOfGrace = 0.75;
/** How often to look whether somebody was told to wait, where nothing else is known of a budget. */
const lookAgainMs = 1_000;

/**
 * One budget as the workers of this process share it: requests are taken from the row a few at a time, by one worker after the other, and
 * used within their grace.
 */
export class SharedBudget {
  readonly #rows: BudgetRows;
  readonly #key: BudgetKey;
  #turn: Promise<unknown> = Promise.resolve();
  #kept = { count: 0, until: 0 };
  /** Until then there is nothing to be had, and no need to ask. */
  #closedUntil = 0;
  #free = Number.POSITIVE_INFINITY;
  usedAt = performance.now();

  constructor(rows: BudgetRows, key: BudgetKey) {
    this.#rows = rows;
    this.#key = key;
  }

  /** Asks for one request. `waitMs` 0: it is to be made at once. */
  take(rule: BudgetRule | null): Promise<Taken> {
    this.usedAt = performance.now();
    const mine = this.#turn.then(() => this.#take(rule));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #take(rule: BudgetRule | null): Promise<Taken> {
    const lease = randomUUID();
    for (;;) {
      const asked = performance.now();
      if (this.#kept.count > 0 && asked < this.#kept.until) {
        this.#kept = { ...this.#kept, count: this.#kept.count - 1 };
        return { waitMs: 0, lease };
      }
      if (asked < this.#closedUntil) return { waitMs: Math.ceil(this.#closedUntil - asked), lease };
      const wanted = rule === null ? 1 : batchOf(rule);
      const { granted, waitMs, free } = await this.#rows.change(this.#key, (state, now) => spend(state, rule, now, wanted, lease));
      this.#free = free;
      if (granted === 0) {
        // A place may be given back at any moment, and by this very process: only a wait for time is remembered.
        if (rule?.concurrency === undefined) this.#closedUntil = performance.now() + waitMs;
        return { waitMs, lease };
      }
      const until = asked + (rule === null ? lookAgainMs : graceOf(rule) * shareOfGrace);
      this.#kept = rule === null ? { count: Number.MAX_SAFE_INTEGER, until } : { count: granted - 1, until };
      // A process that stood still meanwhile would make the request in another window than it was counted in.
      if (performance.now() < until) return { waitMs: 0, lease };
    }
  }

  /** Gives a place back, and takes over what the answer says. Most answers say nothing new and cost nothing. */
  async settle(rule: BudgetRule | null, lease: string, signal: BudgetSignal | null): Promise<void> {
    const notBefore = signal?.notBefore ?? null;
    const remaining = signal?.remaining ?? null;
    const notBeforeMs = notBefore === null ? null : notBefore - Date.now();
    const waits = notBeforeMs !== null && notBeforeMs > 0;
    const lessThanKnown = rule !== null && remaining !== null && remaining + this.#kept.count < this.#free;
    if (rule?.concurrency === undefined && !waits && !lessThanKnown) return;
    const { state, now } = await this.#rows.change(this.#key, (held, at) => ({ state: settleSpending(held, rule, signal === null ? null : { remaining, notBeforeMs }, at, lease), now: at }));
    if (lessThanKnown) this.#free = Math.min(this.#free, Math.max(0, remaining));
    if (!waits) return;
    this.#closedUntil = Math.max(this.#closedUntil, performance.now() + state.notBefore - now);
    this.#kept = { count: 0, until: 0 };
  }
}
