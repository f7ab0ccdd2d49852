/**
 * Waits for a condition.
 * @template T
 * @param {() => T | Promise<T>} look
 * @param {number} [boundMs]
 * @returns {Promise<Exclude<T, false | null | undefined | 0 | ''>>}
 */
export async function eventually(look, boundMs = 15_000) {
  const deadline = Date.now() + boundMs;
  for (;;) {
    const seen = await look();
    if (seen) return /** @type {any} */ (seen);
    if (Date.now() > deadline) throw new Error(`waited ${boundMs} ms in vain`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
