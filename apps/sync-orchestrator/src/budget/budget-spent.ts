import { ProviderError } from '@trunkline/connector-kit';

/** The account's budget is used up for longer than a worker should wait. Nothing failed: the stream is read on when there is some again. */
export class BudgetSpent extends ProviderError {
  constructor(connector: string, waitMs: number) {
    super('rate_limited', `the budget of calls to ${connector} is spent for now`, { retryAfterMs: waitMs });
  }
}
