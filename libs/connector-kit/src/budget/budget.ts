import type { RateBody, RateHeaders } from '@trunkline/catalog';

/** What may be spent: at most `requests` in `perSeconds`, and so many at once. */
export interface BudgetRule {
  readonly requests: number;
  readonly perSeconds: number;
  readonly concurrency?: number;
}

/** One of a connector's budgets. The empty name is the connector's own; streams may have further ones. */
export interface BudgetOf {
  readonly connector: string;
  readonly name: string;
  /** Null: nothing is known but what answers tell. */
  readonly rule: BudgetRule | null;
}

/** What an answer says of the budget. */
export interface BudgetSignal {
  /** Calls, or points, left; null if it does not say. */
  readonly remaining: number | null;
  /** Nothing may be sent before this moment, in milliseconds since 1970; null: whenever the rule allows. */
  readonly notBefore: number | null;
}

/** The right to make one request. Given back exactly once, whatever became of it. */
export interface Permit {
  /** @param signal what the answer says; null if there was none, or it says nothing */
  release(signal: BudgetSignal | null): Promise<void>;
}

/**
 * What all workers together may spend on one (OAuth app, account): whoever makes a `Budget` knows whose it is. Behind it is a row that all of
 * them share; this package knows only the rule.
 */
export interface Budget {
  /**
   * Waits for the right to make one request, within reason.
   *
   * @throws ProviderError `rate_limited` with `retryAfterMs` where the wait is longer than a worker should sleep
   */
  acquire(budget: BudgetOf, signal: AbortSignal): Promise<Permit>;
}

/** Where a connector's answers say what is left. */
export interface RateVocabulary {
  readonly headers?: RateHeaders;
  readonly body?: RateBody;
}
