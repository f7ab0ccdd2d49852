import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from '../provider-error.js';
import { fullBudget, settle, take } from './budget-rule.js';
import type { BudgetState } from './budget-rule.js';
import type { Budget, BudgetOf, Permit } from './budget.js';

/** What may be waited for here; longer waits are the caller's, who has other work. */
const longestWaitMs = 5_000;

/** A budget for readers of one process, such as a test or a tool. Workers that share an account share a row instead. */
export class InProcessBudget implements Budget {
  readonly #states = new Map<string, BudgetState>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async acquire({ connector, name, rule }: BudgetOf, signal: AbortSignal): Promise<Permit> {
    const key = `${connector}/${name}`;
    let waited = 0;
    for (;;) {
      const now = this.#now();
      const { state, waitMs } = take(this.#states.get(key) ?? fullBudget(rule, now), rule, now);
      this.#states.set(key, state);
      if (waitMs === 0) break;
      waited += waitMs;
      if (waited > longestWaitMs) throw new ProviderError('rate_limited', `the budget of calls to ${connector} is spent for now`, { retryAfterMs: Math.min(3_600_000, Math.max(1_000, waitMs)) });
      await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    let released = false;
    return {
      release: async (said) => {
        if (released) return;
        released = true;
        const now = this.#now();
        this.#states.set(key, settle(this.#states.get(key) ?? fullBudget(rule, now), rule, said, now));
      },
    };
  }
}
