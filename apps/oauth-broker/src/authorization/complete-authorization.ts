import { authorizations, connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { openOauthApp } from '../oauth-app/client-secret.js';
import { OauthAppRow } from '../oauth-app/oauth-app.entity.js';
import { abandon } from './abandon.js';
import type { Authorization } from './authorization.js';
import { connectionGone, handOverGrant } from './hand-over-grant.js';
import { obtainGrant } from './obtain-grant.js';
import { useUpState } from './use-up-state.js';

type Contract = typeof authorizations.complete;
type Stored = Pick<ReplyOf<Contract>, 'account'> & { readonly credentialVersion: number };

/**
 * What the provider sent to our callback: state used up, code exchanged, grant handed over, connection activated.
 *
 * If we die after the state is used up the walk is lost, and the registry removes a connection that stays pending; if we die after
 * the keeper stored the grant, its event activates the connection in our place.
 */
export async function completeAuthorization(parts: BrokerParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const walk = await useUpState(parts, request);
  const stored = await finish(parts, walk, request.query).catch(async (error: unknown) => {
    await giveUp(parts, walk, error);
    throw error;
  });
  await activate(parts, walk, stored);
  parts.context.logger.info({ authorizationId: walk.id, connectionId: walk.connectionId, connector: walk.connector }, 'authorization completed');
  return { connectionId: walk.connectionId, connector: walk.connector, account: stored.account, returnUrl: walk.returnUrl };
}

async function finish(parts: BrokerParts, walk: Authorization, query: Readonly<Record<string, string>>): Promise<Stored> {
  const connector = parts.catalog.get(walk.connector);
  const row = await parts.database.getRepository(OauthAppRow).findOneByOrFail({ id: walk.oauthAppId });
  const app = await openOauthApp(parts, row);
  const tokens = await obtainGrant(parts, { walk, connector, app, query });
  return handOverGrant(parts, { walk, connector, app, tokens, query });
}

async function giveUp(parts: BrokerParts, walk: Authorization, error: unknown): Promise<void> {
  const { context, database } = parts;
  const denied = error instanceof AppError && error.code === 'AUTHORIZATION_DENIED';
  context.logger.info({ error, authorizationId: walk.id, connectionId: walk.connectionId, connector: walk.connector }, 'authorization ended without a grant');
  try {
    await database.transaction((tx) => abandon(parts, tx, walk, denied ? 'denied' : 'failed'));
  } catch (failure) {
    // The registry removes a connection that stays pending; the caller is told what went wrong in the first place.
    context.logger.error({ error: failure, authorizationId: walk.id }, 'the end of an authorization could not be told');
  }
}

async function activate({ rpc, context }: BrokerParts, walk: Authorization, { account, credentialVersion }: Stored): Promise<void> {
  try {
    await rpc.call(connections.activate, { connectionId: walk.connectionId, account, credentialVersion });
  } catch (error) {
    // The registry hears of the credential by event too, and has it destroyed.
    if (error instanceof AppError && error.code === 'ENTITY_NOT_FOUND') throw connectionGone(error);
    context.logger.warn({ error, connectionId: walk.connectionId }, 'the connection could not be activated by us; the event of its credential does it');
  }
}
