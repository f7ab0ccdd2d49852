import { connectLinks } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import type { Authorization } from './authorization.js';

/**
 * A walk that was begun from a connect link goes on only if nothing was connected by that link yet; the link is then kept for it. Asked
 * before the code is exchanged, because a credential that is stored has taken the place of the one before.
 * @throws AppError CONNECT_LINK_INVALID, CONFLICT
 */
export async function claimLinkOf({ rpc }: BrokerParts, { id: authorizationId, connectionId, connectLink }: Authorization, query: Readonly<Record<string, string>>): Promise<void> {
  // Whoever refused consent uses nothing up.
  if (connectLink === null || query.error !== undefined) return;
  await rpc.call(connectLinks.claim, { id: connectLink.id, connectionId, authorizationId });
}

/** Whoever came by a link and refused is sent back to where the link says; others are shown what they did. */
export function sentBack({ connectLink, returnUrl }: Authorization, error: unknown): unknown {
  if (connectLink === null || returnUrl === null || !(error instanceof AppError) || error.code !== 'AUTHORIZATION_DENIED') return error;
  const { message, ...params } = error.params;
  return new AppError(error.code, message, { params: { ...params, returnUrl }, cause: error });
}
