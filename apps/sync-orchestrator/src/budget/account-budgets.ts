import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Budget, Permit } from '@trunkline/connector-kit';
import { counter } from '@trunkline/service';
import { BudgetRows } from './budget-rows.js';
import { BudgetSpent } from './budget-spent.js';
import { SharedBudget } from './shared-budget.js';

/** What a worker waits for a request at most; for longer it reads something else meanwhile. */
const longestWaitMs = 5_000;
/** Budgets nobody asked for so long are not kept in memory. */
const idleMs = 600_000;
const mostIdle = 1_000;

/** The budgets of all accounts that are read here. Behind them are rows that every replica shares. */
@Injectable()
export class AccountBudgets {
  readonly #rows: BudgetRows;
  readonly #budgets = new Map<string, SharedBudget>();
  readonly #waits = counter('trunkline_sync_budget_waits_total', "Requests that had to wait for their account's budget, by how it ended.", ['connector', 'end']);

  constructor(@Inject(BudgetRows) rows: BudgetRows) {
    this.#rows = rows;
  }

  /**
   * What may be spent on an account while a slice lasts.
   *
   * @param patienceMs what is left of the slice: nobody sleeps beyond it
   */
  of(account: string, patienceMs: () => number): Budget {
    return {
      acquire: async ({ connector, name, rule }, signal): Promise<Permit> => {
        const budget = this.#budget(connector, account, name);
        for (let waited = 0; ; ) {
          signal.throwIfAborted();
          const { waitMs, lease } = await budget.take(rule);
          if (waitMs === 0) {
            if (waited > 0) this.#waits.inc({ connector, end: 'waited' });
            return onceReleased((said) => budget.settle(rule, lease, said));
          }
          if (waited + waitMs > Math.min(longestWaitMs, patienceMs())) {
            this.#waits.inc({ connector, end: 'later' });
            throw new BudgetSpent(connector, waitMs);
          }
          waited += waitMs;
          await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
        }
      },
    };
  }

  #budget(connector: string, account: string, name: string): SharedBudget {
    const place = JSON.stringify([connector, account, name]);
    const found = this.#budgets.get(place) ?? new SharedBudget(this.#rows, { connector, account, name });
    if (this.#budgets.size > mostIdle) for (const [one, { usedAt }] of this.#budgets) if (performance.now() - usedAt > idleMs) this.#budgets.delete(one);
    this.#budgets.set(place, found);
    return found;
  }
}

const onceReleased = (release: Permit['release']): Permit => {
  let isReleased = false;
  return {
    release: async (said) => {
      if (isReleased) return;
      isReleased = true;
      await release(said);
    },
  };
};
