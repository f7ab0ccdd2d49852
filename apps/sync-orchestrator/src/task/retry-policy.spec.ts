import { waitAfterFailure } from './retry-policy.js';

const limits = { maxAttempts: 10, maxRetrySeconds: 10_800 };
const wait = (attempts: number, failingForSeconds = 0, askedMs: number | null = null, random = 1) => waitAfterFailure({ attempts, failingForSeconds }, limits, askedMs, () => random);

describe('waiting after a failure', () => {
  it('doubles from two seconds to five minutes, half of it by chance', () => {
    expect([1, 2, 3, 8, 9].map((attempts) => wait(attempts))).toEqual([2_000, 4_000, 8_000, 256_000, 300_000]);
    expect(wait(3, 0, null, 0)).toBe(4_000);
  });

  it('keeps to what the provider asked for, up to an hour, and never comes back earlier than by itself', () => {
    expect(wait(1, 0, 90_000)).toBe(90_000);
    expect(wait(1, 0, 86_400_000)).toBe(3_600_000);
    expect(wait(8, 0, 1_000)).toBe(256_000);
  });

  it('gives up after so many failures, or when the wait would end after so long', () => {
    expect(wait(10)).toBeNull();
    expect(wait(2, 10_797)).toBeNull();
    expect(wait(2, 10_000, 3_600_000)).toBeNull();
    expect(wait(2, 10_000)).toBe(4_000);
  });
});
