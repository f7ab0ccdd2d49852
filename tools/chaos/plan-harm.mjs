/**
 * @typedef {object} Harm
 * @property {number} afterMs after the run was started, or after the harm before
 * @property {string} victim a process, `nats` or `postgres`
 * @property {'kill' | 'freeze'} kind `kill -9`, or SIGSTOP and SIGCONT
 * @property {number} forMs how long it is away
 */

/**
 * What is done to the product during one run. The first victim is everyone's turn in order, so that a hundred runs spare nobody.
 * @param {import('./random.mjs').Random} random
 * @param {readonly string[]} victims
 * @param {number} run from 0
 * @returns {Harm[]}
 */
export function planHarm(random, victims, run) {
  return Array.from({ length: random.between(1, 4) }, (_, index) => {
    const victim = /** @type {string} */ (index === 0 ? victims[run % victims.length] : random.pick(victims));
    // What stands still keeps its sockets: only for workers, whose leases are meant for it.
    const freezes = /^(sync-orchestrator|analytics-sink)/.test(victim) && random.next() < 0.3;
    return { afterMs: random.between(20, 900), victim, kind: freezes ? 'freeze' : 'kill', forMs: freezes ? random.between(2_000, 5_000) : random.between(0, 1_500) };
  });
}
