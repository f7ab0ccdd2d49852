import type { CallbackCheck } from './callback-context.js';

/** It came to the very redirect URI the provider was given. */
export const checkCallbackKind: CallbackCheck = {
  name: 'callback-kind',
  outcome: 'failed',
  holds: ({ authorization, callback }) => callback === authorization.callback,
};
