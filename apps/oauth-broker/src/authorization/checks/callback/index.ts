import type { CallbackCheck } from './callback-context.js';
import { checkBrowserBinding } from './check-browser-binding.js';
import { checkCallbackKind } from './check-callback-kind.js';
import { checkConnectorOfPath } from './check-connector-of-path.js';
import { checkIssuer } from './check-issuer.js';
import { checkNotExpired } from './check-not-expired.js';
import { checkSameClient } from './check-same-client.js';
import { checkSameEndpoints } from './check-same-endpoints.js';

export type { CallbackContext } from './callback-context.js';

/** After the state is used up and before the provider is asked anything, in this order. */
export const callbackChecks: readonly CallbackCheck[] = [
  checkNotExpired,
  checkConnectorOfPath,
  checkCallbackKind,
  checkBrowserBinding,
  checkIssuer,
  checkSameEndpoints,
  checkSameClient,
];
