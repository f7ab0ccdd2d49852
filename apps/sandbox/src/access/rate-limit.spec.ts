import { ApiError } from '../http/api-error.js';
import { RateLimit } from './rate-limit.js';

describe('RateLimit', () => {
  it('counts each credential by itself, and lets through again exactly after Retry-After', () => {
    let now = 1_000_000;
    const limit = new RateLimit(() => now);
    const rule = { requests: 2, perSeconds: 10 };
    expect(limit.take('a', rule)).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '10' });
    now += 3500;
    limit.take('a', rule);
    limit.take('b', rule);
    let refused: unknown;
    try {
      limit.take('a', rule);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '7', 'x-ratelimit-remaining': '0' } });
    now += 6499;
    expect(() => limit.take('a', rule)).toThrow();
    now += 1;
    limit.take('a', rule);
  });

  it('says nothing when there is no limit, and forgets when told to', () => {
    const limit = new RateLimit();
    for (let i = 0; i < 5; i += 1) expect(limit.take('a', null)).toEqual({});
    limit.take('a', { requests: 1, perSeconds: 60 });
    limit.reset();
    limit.take('a', { requests: 1, perSeconds: 60 });
    expect(() => limit.take('a', { requests: 1, perSeconds: 60 })).toThrow();
  });
});
