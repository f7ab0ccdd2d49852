import { authorizations, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import type { BrokerParts } from '../broker-parts.js';
import { OauthAppRow } from '../oauth-app/oauth-app.entity.js';
import { abandon } from './abandon.js';
import { sha256, type Authorization } from './authorization.js';
import { takeAuthorization } from './authorization-row.js';
import { callbackChecks } from './checks/callback/index.js';
import { endpointsDigest } from './endpoints-digest.js';
import { isCalled } from './redirect-uri.js';

type Callback = RequestOf<typeof authorizations.complete>;
/** A walk that may go on, and the database's time when it came back. */
export interface Returned {
  readonly authorization: Authorization;
  readonly nowSeconds: number;
}
type Taken = Returned | { readonly refusedBy: string; readonly authorization: Authorization | null };

/**
 * The walk a callback belongs to. Its state is used up first of all, whatever is found out afterwards; a walk that may not go on is
 * abandoned in the same transaction. Whoever is refused learns nothing of why.
 * @throws AppError AUTHORIZATION_STATE_INVALID
 */
export async function useUpState(parts: BrokerParts, callback: Callback): Promise<Returned> {
  const taken = await parts.database.transaction((tx) => take(parts, tx, callback));
  if (!('refusedBy' in taken)) return taken;
  const { refusedBy, authorization } = taken;
  parts.context.logger.warn({ refusedBy, authorizationId: authorization?.id, connector: callback.connector }, 'a callback was refused');
  throw refusedCallback();
}

/** The same words for every reason. */
export const refusedCallback = (): AppError =>
  new AppError('AUTHORIZATION_STATE_INVALID', 'This authorization is not known, has expired, or was begun elsewhere. Start again, in one browser.');

async function take(parts: BrokerParts, tx: EntityManager, { query, callback, browserBinding, connector }: Callback): Promise<Taken> {
  const { state } = query;
  const taken = state === undefined ? null : await takeAuthorization(tx, sha256(state));
  if (taken === null) return { refusedBy: state === undefined ? 'no-state' : 'unknown-state', authorization: null };
  const { authorization, expired, nowSeconds } = taken;
  const ours = parts.catalog.find(authorization.connector);
  const app = await tx.findOneBy(OauthAppRow, { id: authorization.oauthAppId });
  const context = {
    authorization,
    expired,
    isConnectorsPath: ours?.id === authorization.connector && isCalled(parts.catalog, ours, connector),
    endpointsDigest: ours === undefined ? null : endpointsDigest({ connector: ours, inputs: authorization.inputs, settings: parts.connectorSettings }),
    callback,
    query,
    browserBinding,
    clientId: app?.clientId ?? null,
  };
  const violated = callbackChecks.find(({ holds }) => !holds(context));
  if (violated === undefined) return { authorization, nowSeconds };
  await abandon(parts, tx, authorization, violated.outcome);
  return { refusedBy: violated.name, authorization };
}
