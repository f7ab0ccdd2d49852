import { taskStatus, type TaskStatus } from '@trunkline/contracts';
import { taskTransitions } from './task.js';

describe('states of a task', () => {
  it('are all reachable from queued, and end in succeeded, failed or cancelled', () => {
    const reached = new Set<TaskStatus>(['queued']);
    for (const status of reached) for (const next of taskTransitions[status]) reached.add(next);
    expect([...reached].sort()).toEqual([...taskStatus.options].sort());
    expect(taskStatus.options.filter((status) => taskTransitions[status].length === 0)).toEqual(['succeeded', 'failed', 'cancelled']);
  });
});
