import type { CallbackCheck } from './callback-context.js';

/** A walk has ten minutes. */
export const checkNotExpired: CallbackCheck = { name: 'not-expired', outcome: 'expired', holds: ({ expired }) => !expired };
