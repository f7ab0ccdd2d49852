import { AppError } from '@trunkline/service';
import type { StartCheck } from './start-context.js';

/** RFC 6749 §3.3: anything else would be read as several scopes, or as none. A comma parts scopes at some providers. */
const scopeToken = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;

export const isScope = (scope: string): boolean => scopeToken.test(scope);

export const checkScopesAreScopes: StartCheck = ({ scopes }) => {
  const wrong = scopes.filter((scope) => !isScope(scope));
  if (wrong.length > 0) throw new AppError('INVALID_APP_CONNECTION', 'scopes: each must be one scope, without spaces, commas, quotes or backslashes.', { params: { scopes: wrong.slice(0, 5) } });
};
