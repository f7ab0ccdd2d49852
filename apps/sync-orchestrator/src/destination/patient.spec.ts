import type { Budget, Permit } from '@trunkline/connector-kit';
import { BudgetSpent } from '../budget/budget-spent.js';
import { patient } from './patient.js';

const of = { connector: 'custom_rest', name: '', rule: null };
const permit: Permit = { release: async () => undefined };

describe('a budget that is waited for', () => {
  const spent = (times: number, waitMs: number) => {
    let left = times;
    const asked = { times: 0 };
    const budget: Budget = {
      acquire: async () => {
        asked.times += 1;
        if ((left -= 1) >= 0) throw new BudgetSpent('custom_rest', waitMs);
        return permit;
      },
    };
    return { budget: patient(budget), asked };
  };

  it('is asked again when there is some', async () => {
    const { budget, asked } = spent(3, 20);
    await expect(budget.acquire(of, new AbortController().signal)).resolves.toBe(permit);
    expect(asked.times).toBe(4);
  });

  it('is not waited for beyond what a worker can spare, nor behind a stop', async () => {
    await expect(spent(1, 40_000).budget.acquire(of, new AbortController().signal)).rejects.toBeInstanceOf(BudgetSpent);
    const stop = new AbortController();
    const waiting = spent(9, 10_000).budget.acquire(of, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });
});
