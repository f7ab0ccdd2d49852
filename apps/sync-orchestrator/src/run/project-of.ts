import { mayDo, type Principal, type Scope } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/**
 * The project a principal acts in, if it may do one of these things there. The tenant is read from nowhere else.
 *
 * @throws AppError AUTHORIZATION
 */
export function projectOf(principal: Principal, oneOf: readonly Scope[]): string {
  if (!oneOf.some((scope) => mayDo(principal, scope))) throw new AppError('AUTHORIZATION', `This needs the scope ${oneOf.join(' or ')}.`);
  if (principal.projectId === null) throw new AppError('AUTHORIZATION', 'This needs a key that belongs to a project.');
  return principal.projectId;
}

/** The same principal, asking one of our services on its own behalf for what its request implies. */
export const withScope = (principal: Principal, scope: Scope): Principal => ({ ...principal, scopes: [...new Set([...principal.scopes, scope])] });
