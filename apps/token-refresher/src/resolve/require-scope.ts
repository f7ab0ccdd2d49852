import { mayDo, type Principal, type Scope } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** @throws AppError AUTHORIZATION unless the principal has one of the scopes */
export function requireScope(principal: Principal, ...scopes: readonly [Scope, ...Scope[]]): void {
  if (scopes.some((scope) => mayDo(principal, scope))) return;
  throw new AppError('AUTHORIZATION', `The key does not have the scope ${scopes.join(' or ')}.`, { params: { missingScope: scopes[0] } });
}
