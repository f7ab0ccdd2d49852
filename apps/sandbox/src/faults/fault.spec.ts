import { FaultList, faultRule } from './fault.js';

const rule = (input: object) => faultRule.parse(input);

describe('FaultList', () => {
  it('hits by method and path, after some, so many times', () => {
    const faults = new FaultList();
    faults.add([rule({ match: { method: 'post', path: '/oauth/token' }, after: 1, times: 2, kind: 'reset' })]);
    expect(faults.take('GET', '/oauth/token')).toBeNull();
    expect(faults.take('POST', '/crm/v1/deals')).toBeNull();
    const hits = Array.from({ length: 5 }, () => faults.take('POST', '/oauth/token/revocation')?.kind);
    expect(hits).toEqual([undefined, 'reset', 'reset', undefined, undefined]);
    expect(faults.list()).toMatchObject([{ id: 'fault_1', seen: 5, hit: 2 }]);
  });

  it('lets a used-up rule make room for the next', () => {
    const faults = new FaultList();
    faults.add([rule({ kind: 'html' }), rule({ kind: 'hang', times: null })]);
    expect([1, 2, 3].map(() => faults.take('GET', '/')?.kind)).toEqual(['html', 'hang', 'hang']);
  });

  it('tells the waiting when it is cleared', () => {
    const faults = new FaultList();
    const { cleared } = faults;
    faults.add([rule({ kind: 'hang', times: null })]);
    faults.clear();
    expect(cleared.aborted).toBe(true);
    expect(faults.cleared.aborted).toBe(false);
    expect(faults.take('GET', '/')).toBeNull();
  });

  it('takes only rules that can be carried out', () => {
    const wrongs = [
      {},
      { kind: 'explode' },
      { kind: 'status', status: 99 },
      { kind: 'status', headers: { 'x y': '1' } },
      { kind: 'status', headers: { x: 'a\r\nb: c' } },
      { kind: 'reset', typo: 1 },
    ];
    for (const wrong of wrongs) {
      expect(faultRule.safeParse(wrong).success).toBe(false);
    }
  });
});
