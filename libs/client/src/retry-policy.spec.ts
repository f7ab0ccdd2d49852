import { pauseBefore, retryAfterMs } from './retry-policy.js';
import { TrunklineError } from './trunkline-error.js';

const options = { retries: 2, maxWaitMs: 10_000 };
const failure = (code: string) => new TrunklineError({ statusCode: 503, code, params: { message: 'm' }, requestId: null });
const pause = (method: string, code: string, after?: number, attempt = 0) => pauseBefore(attempt, method, failure(code), after, options, 0.5);

describe('the pause before another try', () => {
  it.each([
    ['GET', 'SERVICE_UNAVAILABLE'],
    ['GET', 'PROVIDER_UNAVAILABLE'],
    ['GET', 'UNREACHABLE'],
    ['GET', 'TIMEOUT'],
    ['GET', 'RATE_LIMITED'],
    ['POST', 'RATE_LIMITED'],
    ['POST', 'CREDENTIAL_COOLDOWN'],
    ['DELETE', 'RATE_LIMITED'],
  ])('comes after %s %s', (method, code) => {
    expect(pause(method, code)).toBe(125);
  });

  it.each([
    ['POST', 'SERVICE_UNAVAILABLE'],
    ['POST', 'UNREACHABLE'],
    ['DELETE', 'TIMEOUT'],
    ['GET', 'VALIDATION'],
    ['GET', 'INTERNAL'],
    ['POST', 'PROVIDER_UNAVAILABLE'],
  ])('does not come after %s %s', (method, code) => {
    expect(pause(method, code)).toBeUndefined();
  });

  it('grows, and ends', () => {
    expect([0, 1, 2].map((attempt) => pause('GET', 'UNREACHABLE', undefined, attempt))).toEqual([125, 250, undefined]);
  });

  it('is at least what the server asks for, or no pause at all if that is too long', () => {
    expect(pause('POST', 'RATE_LIMITED', 3_000)).toBe(3_125);
    expect(pause('POST', 'RATE_LIMITED', 10_001)).toBeUndefined();
  });
});

it('Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect([retryAfterMs('12', now), retryAfterMs('Thu, 01 Jan 2026 00:00:05 GMT', now), retryAfterMs('Thu, 01 Jan 2015 00:00:05 GMT', now), retryAfterMs('soon', now), retryAfterMs(null, now)]).toEqual([12_000, 5_000, 0, undefined, undefined]);
});
