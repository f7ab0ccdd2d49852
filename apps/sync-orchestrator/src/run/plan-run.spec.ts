import type { Destination, FlowStream } from '@trunkline/contracts';
import { planRun } from './plan-run.js';

const stream = (name: string, more: Partial<FlowStream> = {}): FlowStream => ({ name, mode: 'incremental', fields: null, ...more });
const names = (...args: Parameters<typeof planRun>) => planRun(...args).map((planned) => planned.stream);

describe('the plan of a run', () => {
  it('reads every stream of the connector unless the flow has chosen', () => {
    expect(planRun({ streams: ['contacts', 'deals'] })).toEqual([{ stream: 'contacts', mode: 'incremental', fields: null }, { stream: 'deals', mode: 'incremental', fields: null }]);
    expect(planRun({ streams: ['contacts', 'deals'] }, [stream('deals', { mode: 'full', fields: ['name'] })])).toEqual([{ stream: 'deals', mode: 'full', fields: ['name'] }]);
  });

  it('leaves out what the connector does not have', () => {
    expect(names({ streams: ['contacts'] }, [stream('contacts'), stream('tickets')])).toEqual(['contacts']);
  });

  it('tries any table of a database', () => {
    expect(names({ streams: [], discovered: true }, [stream('orders')])).toEqual(['orders']);
    expect(planRun({ streams: [], discovered: true })).toMatchObject([{ stream: 'discovery', kind: 'plan' }]);
  });

  it('leaves out what the destination has no place for', () => {
    const destination: Destination = { type: 'connection', connectionId: 'conn_1', targets: { deals: { kind: 'file', directory: '/in', format: 'csv' } } };
    expect(names({ streams: ['contacts', 'deals'] }, null, destination)).toEqual(['deals']);
  });
});
