import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { ProviderError, settleSpending, spend, unspent } from '../../src/index.js';
import type { Budget, BudgetOf, Permit, Spending } from '../../src/index.js';

/** What may be waited for here; longer waits are the caller's, who has other work. */
const longestWaitMs = 5_000;

/** The rule of the budget for readers of one test; workers that share an account share a row instead. */
export class InProcessBudget implements Budget {
  readonly #states = new Map<string, Spending>();

  async acquire({ connector, name, rule }: BudgetOf, signal: AbortSignal): Promise<Permit> {
    const key = `${connector}/${name}`;
    const lease = randomUUID();
    let waited = 0;
    for (;;) {
      const { state, granted, waitMs } = spend(this.#states.get(key) ?? unspent, rule, Date.now(), 1, lease);
      this.#states.set(key, state);
      if (granted > 0) break;
      waited += waitMs;
      if (waited > longestWaitMs) throw new ProviderError('rate_limited', `the budget of calls to ${connector} is spent for now`, { retryAfterMs: Math.min(3_600_000, Math.max(1_000, waitMs)) });
      await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    let released = false;
    return {
      release: async (said) => {
        if (released) return;
        released = true;
        const now = Date.now();
        const notBefore = said?.notBefore ?? null;
        const signal = said === null ? null : { remaining: said.remaining, notBeforeMs: notBefore === null ? null : notBefore - now };
        this.#states.set(key, settleSpending(this.#states.get(key) ?? unspent, rule, signal, now, lease));
      },
    };
  }
}
