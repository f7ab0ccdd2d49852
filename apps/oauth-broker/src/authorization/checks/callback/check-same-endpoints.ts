import type { CallbackCheck } from './callback-context.js';

/** The code goes to the server the person consented at, whatever became of the connector's definition meanwhile. */
export const checkSameEndpoints: CallbackCheck = {
  name: 'same-endpoints',
  outcome: 'failed',
  holds: ({ authorization, endpointsDigest }) => authorization.endpointsDigest === null || endpointsDigest === null || endpointsDigest.equals(authorization.endpointsDigest),
};
