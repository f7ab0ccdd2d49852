import { Failure } from '../infra/failure.mjs';

/**
 * Looks until there is something to see.
 * @template T
 * @param {() => Promise<T | null>} look null: not yet
 * @param {{ what: () => string, boundMs: number, pauseMs?: number }} options `what` completes "Waited … for"
 * @returns {Promise<T>}
 * @throws Failure when the bound is over
 */
export async function waitUntil(look, { what, boundMs, pauseMs = 200 }) {
  const deadline = Date.now() + boundMs;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    if (Date.now() > deadline) throw new Failure(`Waited ${boundMs / 1_000} s in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
