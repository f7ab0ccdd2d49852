export interface WaitOptions {
  /** Longest wait in milliseconds (default 15000). */
  timeoutMs?: number;
  /** Named in the failure. */
  what?: string;
  /** Pause between looks in milliseconds (default 25). */
  intervalMs?: number;
}

/**
 * Waits for a condition, not for a time: looks until `check` gives something truthy and returns it. A check that throws counts as
 * "not yet"; its last error is the cause of the failure.
 */
export async function waitFor<T>(check: () => Promise<T> | T, options: WaitOptions = {}): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const { timeoutMs = 15_000, what = 'the condition', intervalMs = 25 } = options;
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value) return value as Exclude<T, false | null | undefined | 0 | ''>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`, { cause: lastError });
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
