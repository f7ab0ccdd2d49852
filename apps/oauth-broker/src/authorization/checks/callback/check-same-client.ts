import type { CallbackCheck } from './callback-context.js';

/** The OAuth app is still the client the person consented to; its code is worthless to another one. */
export const checkSameClient: CallbackCheck = {
  name: 'same-client',
  outcome: 'failed',
  holds: ({ authorization, clientId }) => clientId === authorization.clientId,
};
