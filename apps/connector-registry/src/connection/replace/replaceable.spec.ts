import { requireReplaceable } from './replaceable.js';

const end = { connector: 'shopify', projectId: 'proj_1', status: 'active', statusReason: null, projectIds: ['proj_1'] } as const;
const shared = { ...end, projectId: null, projectIds: ['proj_1', 'proj_2'] } as const;
const refusal = expect.objectContaining({ code: 'CONFLICT' }) as Error;

describe('one connection in the place of another', () => {
  it('is fine where both are of one connector and the flows may use it', () => {
    expect(() => requireReplaceable(end, end, 'proj_1')).not.toThrow();
    expect(() => requireReplaceable(end, shared, 'proj_1')).not.toThrow();
    expect(() => requireReplaceable(shared, end, 'proj_1')).not.toThrow();
    expect(() => requireReplaceable({ ...end, status: 'missing' }, end, 'proj_1')).not.toThrow();
    expect(() => requireReplaceable(end, shared, null)).not.toThrow();
  });

  it.each([
    ['the connectors differ', end, { ...end, connector: 'stripe' }, 'proj_1'],
    ['the target has no working credential', end, { ...end, status: 'degraded', statusReason: 'reauth_required' }, 'proj_1'],
    ['the target is held', end, { ...end, status: 'disabled' }, 'proj_1'],
    ['the project may not use the target', shared, end, 'proj_2'],
    ['one of the projects may not use the target', shared, end, null],
  ] as const)('is refused when %s', (_, source, target, projectId) => {
    expect(() => requireReplaceable(source, target, projectId)).toThrow(refusal);
  });
});
