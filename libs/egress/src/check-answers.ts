import { isIP } from 'node:net';
import type { AddressClass } from './address-class.js';
import { EgressError } from './egress-error.js';
import type { LookupAnswer } from './lookup.js';

/**
 * All or nothing: one address that is not global refuses the name, for a resolver that mixes public and private answers is either misconfigured
 * or hostile, and which answer is tried first is chance. Pure.
 *
 * @throws EgressError `EGRESS_DNS` without any answer, `EGRESS_BLOCKED` with a wrong one
 */
export function checkAnswers(authority: string, answers: readonly LookupAnswer[], classify: (address: string) => AddressClass): void {
  checkPresent(authority, answers);
  for (const { address } of answers) {
    const { global, name } = classify(address);
    // The address itself stays out of the message: it would tell a user what internal names resolve to.
    if (!global) throw new EgressError('EGRESS_BLOCKED', `${authority} is refused: the host resolves to an address that is not public (${name})`);
  }
}

/** For the operator's exceptions, where any address will do, as long as there is one. */
export function checkPresent(authority: string, answers: readonly LookupAnswer[]): void {
  if (answers.length === 0 || answers.some(({ address }) => isIP(address) === 0)) {
    throw new EgressError('EGRESS_DNS', `the host of ${authority} resolves to no address`);
  }
}
