import { hasDigest } from '../../authorization.js';
import type { CallbackCheck } from './callback-context.js';

/**
 * Who starts must finish: without this an attacker could send somebody his own half-finished walk and have their account connected
 * to his project (session fixation), which PKCE does not stop.
 */
export const checkBrowserBinding: CallbackCheck = {
  name: 'browser-binding',
  outcome: 'failed',
  holds: ({ authorization, browserBinding }) => browserBinding !== null && hasDigest(browserBinding.reveal(), authorization.browserBindingHash),
};
