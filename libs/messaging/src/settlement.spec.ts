import { AppError } from '@trunkline/service';
import { isOutage, settle } from './settlement.js';

const half = () => 0.5;

describe('settlement', () => {
  it('acknowledges what was handled', () => expect(settle(null, 1, 10)).toEqual({ kind: 'ack' }));

  it('tries again with growing pauses of whole milliseconds', () => {
    const delays = [1, 2, 3, 4].map((attempt) => settle(new Error('x'), attempt, 10, () => 0.123456));
    expect(delays.every((settlement) => settlement.kind === 'again' && Number.isInteger(settlement.delayMs))).toBe(true);
    const growing = [1, 2, 3].map((attempt) => settle(new Error('x'), attempt, 10, half)).map((settlement) => (settlement.kind === 'again' ? settlement.delayMs : 0));
    expect(growing).toEqual([500, 1_000, 5_000]);
  });

  it('puts aside what keeps failing, with the code but not the inner text', () => {
    expect(settle(new Error('secret text'), 10, 10)).toEqual({ kind: 'dead', reason: 'kept failing' });
    expect(settle(new AppError('CONFLICT', 'taken'), 10, 10)).toEqual({ kind: 'dead', reason: 'CONFLICT: taken' });
  });

  it('puts aside at once what does not fit its contract', () => {
    expect(settle(new AppError('VALIDATION', 'data: wrong'), 1, 10)).toEqual({ kind: 'dead', reason: 'data: wrong' });
  });

  it('never blames a message for an outage, however often it was delivered', () => {
    for (const error of [Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), Object.assign(new Error('shutting down'), { code: '57P01' }), new AppError('SERVICE_UNAVAILABLE', 'away')]) {
      expect(isOutage(error)).toBe(true);
      expect(settle(error, 999, 10)).toMatchObject({ kind: 'again' });
    }
    expect(isOutage(new Error('wrapped', { cause: Object.assign(new Error('deadlock'), { code: '40P01' }) }))).toBe(true);
    expect(isOutage(Object.assign(new Error('unique'), { code: '23505' }))).toBe(false);
  });
});
