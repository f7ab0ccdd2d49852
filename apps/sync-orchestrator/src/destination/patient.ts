import { setTimeout as delay } from 'node:timers/promises';
import type { Budget } from '@trunkline/connector-kit';
import { BudgetSpent } from '../budget/budget-spent.js';

const mostMs = 30_000;

/**
 * A budget that is waited for longer than when reading: who gives up in the middle of a page writes it from its beginning again, and with a
 * small budget would never come to its end.
 */
export const patient = (budget: Budget): Budget => ({
  async acquire(of, signal) {
    for (let waited = 0; ; ) {
      try {
        return await budget.acquire(of, signal);
      } catch (error) {
        const wait = error instanceof BudgetSpent ? (error.retryAfterMs ?? mostMs) : mostMs;
        if (!(error instanceof BudgetSpent) || waited + wait > mostMs) throw error;
        waited += wait;
        await delay(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  },
});
