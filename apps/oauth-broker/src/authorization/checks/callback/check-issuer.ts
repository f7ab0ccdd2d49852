import type { CallbackCheck } from './callback-context.js';

/** Where we know the issuer and the provider names one, they are the same (RFC 9207 §2.4). Many providers do not name one yet. */
export const checkIssuer: CallbackCheck = {
  name: 'issuer',
  outcome: 'failed',
  holds: ({ authorization, query }) => authorization.expectedIssuer === null || query.iss === undefined || query.iss === authorization.expectedIssuer,
};
