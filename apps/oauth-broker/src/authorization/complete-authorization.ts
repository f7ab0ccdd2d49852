import { captureFromCallback } from '@trunkline/connector-kit';
import { authorizations, connections, type credentials, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { tellAudit } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { openOauthApp } from '../oauth-app/client-secret.js';
import { OauthAppRow } from '../oauth-app/oauth-app.entity.js';
import { abandon } from './abandon.js';
import { auditedWalk } from './audited-walk.js';
import type { Authorization } from './authorization.js';
import { connectionGone, handOverGrant } from './hand-over-grant.js';
import { obtainGrant } from './obtain-grant.js';
import { requireSameEndpoints, requireSignature } from './require-authentic-answer.js';
import { resolvedTarget } from './resolved-target.js';
import { useUpState, type Returned } from './use-up-state.js';
import { claimLinkOf, sentBack } from './walk-by-link.js';

type Contract = typeof authorizations.complete;
type Stored = Pick<ReplyOf<typeof credentials.put>, 'account' | 'credentialVersion' | 'scopes'> & { readonly inputs: Readonly<Record<string, string>> };

/**
 * What the provider sent to our callback: state used up, code exchanged, grant handed over, connection activated.
 *
 * If we die after the state is used up the walk is lost, and the registry removes a connection that stays pending; if we die after
 * the keeper stored the grant, its event activates the connection in our place.
 */
export async function completeAuthorization(parts: BrokerParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  // Before the state is used up: while nobody can say where a tenant's connector leads, the walk can still be finished later.
  await parts.catalog.ready(request.connector);
  const returned = await useUpState(parts, request);
  const { authorization: walk } = returned;
  const stored = await finish(parts, returned, request.query).catch(async (error: unknown) => {
    await giveUp(parts, walk, error);
    throw sentBack(walk, error);
  });
  await note(parts, walk);
  const pieceName = await activate(parts, walk, stored);
  parts.context.logger.info({ authorizationId: walk.id, connectionId: walk.connectionId, connector: walk.connector }, 'authorization completed');
  return { connectionId: walk.connectionId, connector: walk.connector, pieceName, account: stored.account, returnUrl: walk.returnUrl };
}

async function finish(parts: BrokerParts, returned: Returned, query: Readonly<Record<string, string>>): Promise<Stored> {
  const { authorization: walk } = returned;
  const row = await parts.database.getRepository(OauthAppRow).findOneByOrFail({ id: walk.oauthAppId });
  const app = await openOauthApp(parts, row);
  requireSignature(parts, returned, app, query);
  const target = await resolvedTarget(parts, parts.catalog.get(walk.connector), walk.inputs);
  requireSameEndpoints(parts, walk, target);
  await claimLinkOf(parts, walk, query);
  const { connector } = target;
  const tokens = await obtainGrant(parts, { walk, target, app, query });
  // What the provider tells on the way fills inputs nobody gave; it never overrides what the person chose at the start.
  const inputs = { ...captureFromCallback(connector, query), ...tokens.captured, ...walk.inputs };
  const { account, credentialVersion, scopes } = await handOverGrant(parts, { holder: walk, connector, app, tokens, inputs, ours: true });
  return { account, credentialVersion, scopes, inputs };
}

/** The credential is stored and audited by its keeper; that a person walked for it is not worth failing for. */
async function note({ database, outbox, context }: BrokerParts, walk: Authorization): Promise<void> {
  try {
    await database.transaction((tx) => tellAudit(outbox, tx, { ...auditedWalk(walk), action: 'authorization.completed' }));
  } catch (error) {
    context.logger.error({ error, authorizationId: walk.id }, 'a completed authorization could not be noted in the audit log');
  }
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

/** @returns the connector's name as the connection has it */
async function activate({ rpc, context }: BrokerParts, { connectionId, connector, type }: Authorization, { account, credentialVersion, scopes, inputs }: Stored): Promise<string> {
  try {
    return (await rpc.call(connections.activate, { connectionId, account, credentialVersion, type, inputs: { ...inputs }, scopes })).pieceName;
  } catch (error) {
    // The registry hears of the credential by event too, and has it destroyed.
    if (error instanceof AppError && error.code === 'ENTITY_NOT_FOUND') throw connectionGone(error);
    context.logger.warn({ error, connectionId }, 'the connection could not be activated by us; the event of its credential does it');
    return connector;
  }
}
