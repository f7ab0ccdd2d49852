import type { CallbackCheck } from './callback-context.js';

/** The answer came to the address of the provider that was asked: another one's answer is a mix-up (RFC 9700 §4.4.2). */
export const checkConnectorOfPath: CallbackCheck = {
  name: 'connector-of-path',
  outcome: 'failed',
  holds: ({ isConnectorsPath }) => isConnectorsPath,
};
