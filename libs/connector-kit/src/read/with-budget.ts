import type { Connector, Stream } from '@trunkline/catalog';
import { budgetSignal } from '../budget/budget-signal.js';
import type { Budget, BudgetOf, BudgetSignal, Permit } from '../budget/budget.js';
import type { Answer } from '../answer/classify-answer.js';

/** The budgets a request of the stream counts against. */
function budgetsOf(connector: Connector, stream: Pick<Stream, 'apiBudget'>): BudgetOf[] {
  const { apiBudget, headers, body } = connector.rateLimit;
  const own = apiBudget === undefined && headers === undefined && body === undefined ? [] : [{ connector: connector.id, name: '', rule: apiBudget ?? null }];
  return stream.apiBudget === undefined ? own : [...own, { connector: connector.id, name: stream.apiBudget.name, rule: stream.apiBudget }];
}

/** Makes one request when all of its budgets allow it, and tells them what came of it. `ask` hands every answer to `seen`, good or not. */
export async function withBudget<Result>(budget: Budget | undefined, connector: Connector, stream: Pick<Stream, 'apiBudget'>, signal: AbortSignal, ask: (seen: (answer: Answer) => void) => Promise<Result>): Promise<Result> {
  if (budget === undefined) return ask(() => undefined);
  const permits: Permit[] = [];
  let said: BudgetSignal | null = null;
  try {
    for (const one of budgetsOf(connector, stream)) permits.push(await budget.acquire(one, signal));
    return await ask((answer) => (said = budgetSignal(connector.rateLimit, answer, Date.now())));
  } finally {
    // What the provider says is about the account's budget, the connector's own; a stream's counts for itself.
    await Promise.all(permits.map((permit, index) => permit.release(index === 0 ? said : null)));
  }
}
