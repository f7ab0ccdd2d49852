import { runStatus, type RunStatus } from '@trunkline/contracts';
import { activeRunStatuses, outcomeOfRun, runTransitions, statusOfSync } from './run.js';

describe('states of a run', () => {
  it('are all reachable from queued, and only the active ones lead anywhere', () => {
    const reached = new Set<RunStatus>(['queued']);
    for (const status of reached) for (const next of runTransitions[status]) reached.add(next);
    expect([...reached].sort()).toEqual([...runStatus.options].sort());
    expect(activeRunStatuses).toEqual(['queued', 'running']);
  });

  it.each([
    [['queued', 'succeeded'], null],
    [['running', 'failed'], null],
    [['succeeded', 'succeeded'], 'succeeded'],
    [['succeeded', 'failed'], 'partial'],
    [['succeeded', 'cancelled'], 'cancelled'],
    [['failed', 'failed'], 'failed'],
    [['failed', 'cancelled'], 'cancelled'],
    [['cancelled', 'cancelled'], 'cancelled'],
    [[], 'succeeded'],
  ] as const)('tasks %j make %j', (tasks, outcome) => {
    expect(outcomeOfRun(tasks)).toBe(outcome);
  });

  it.each([
    [[], 'succeeded'],
    [['succeeded', 'running'], 'running'],
    [['queued', 'failed'], 'running'],
    [['succeeded', 'succeeded'], 'succeeded'],
    [['succeeded', 'failed'], 'partial'],
    [['partial'], 'partial'],
    [['cancelled', 'succeeded'], 'partial'],
    [['cancelled', 'failed'], 'failed'],
    [['cancelled'], 'failed'],
  ] as const)('runs %j make a sync %j', (runs, status) => {
    expect(statusOfSync(runs)).toBe(status);
  });
});
