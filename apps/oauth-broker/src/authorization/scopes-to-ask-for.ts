import type { Connector } from '@trunkline/catalog';
import { scopesFor } from '@trunkline/connector-kit';
import { isScope } from './checks/start/check-scopes-are-scopes.js';

/**
 * The connector's minimum and what is asked for besides, each once. Whoever asks for more than they have asks again for what they have: at
 * many providers the new grant takes the place of the old one. What a provider granted may be written in a way it could not be asked for.
 */
export function scopesToAskFor(connector: Connector, { scopes, grantedScopes }: { readonly scopes: readonly string[]; readonly grantedScopes: readonly string[] }): string[] {
  const kept = scopes.length === 0 ? [] : grantedScopes.filter(isScope);
  return [...new Set([...scopesFor(connector), ...kept, ...scopes])];
}
