import { checkConnectorAsksForConsent } from './check-connector-asks-for-consent.js';
import { checkInputsFit } from './check-inputs-fit.js';
import { checkOauthAppHasSecret } from './check-oauth-app-has-secret.js';
import { checkOauthAppIsThere } from './check-oauth-app-is-there.js';
import { checkScopesAreScopes } from './check-scopes-are-scopes.js';
import type { StartCheck } from './start-context.js';

export type { StartContext } from './start-context.js';

/** Before a person is sent away, in this order. */
export const startChecks: readonly StartCheck[] = [checkConnectorAsksForConsent, checkInputsFit, checkScopesAreScopes, checkOauthAppIsThere, checkOauthAppHasSecret];
