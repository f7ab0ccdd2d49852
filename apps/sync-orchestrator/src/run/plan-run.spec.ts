import { planRun } from './plan-run.js';

describe('the plan of a run', () => {
  it('reads every stream of the connector unless the flow has chosen', () => {
    expect(planRun(['contacts', 'deals'])).toEqual(['contacts', 'deals']);
    expect(planRun(['contacts', 'deals'], ['deals'])).toEqual(['deals']);
  });

  it('leaves out what the connector does not have', () => {
    expect(planRun(['contacts'], ['contacts', 'tickets'])).toEqual(['contacts']);
  });
});
