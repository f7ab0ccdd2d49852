import type { CallbackCheck } from './callback-context.js';

/**
 * Where we know the issuer and the provider names one, they are the same (RFC 9207 §2.4). One that is known to name itself with every
 * answer and did not was not the one that answered; many providers do not name themselves yet.
 */
export const checkIssuer: CallbackCheck = {
  name: 'issuer',
  outcome: 'failed',
  holds: ({ authorization: { expectedIssuer, issuerRequired }, query: { iss } }) => expectedIssuer === null || (iss === undefined ? !issuerRequired : iss === expectedIssuer),
};
