import type { Connector } from '@trunkline/catalog';
import { scopesByToken, type GrantedTokens, type OauthApp } from '@trunkline/connector-kit';
import { credentials, type OauthGrant, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import type { Authorization } from './authorization.js';
import { endGrant } from './end-grant.js';

/** The connection a grant is for, and the app it was given to. */
export type Holder = Pick<
  Authorization,
  'connectionId' | 'platformId' | 'projectId' | 'projectIds' | 'ownerId' | 'connector' | 'type' | 'reconnect' | 'allowOtherAccount' | 'oauthAppId' | 'scopes'
>;

export interface Grant {
  readonly holder: Holder;
  readonly connector: Connector;
  readonly app: OauthApp;
  readonly tokens: GrantedTokens;
  /** The connection's, filled up with what the provider told on the way. */
  readonly inputs: Readonly<Record<string, string>>;
  /** False: somebody else obtained it and may be using it; it is not ours to end. */
  readonly ours: boolean;
  /** Default: a person consented. */
  readonly grantType?: OauthGrant['grantType'];
}

type Put = RequestOf<typeof credentials.put>;

/** Whether the keeper stored it is not known: it did not answer, or its answer was lost. */
class UnknownOutcome extends Error {
  constructor(override readonly cause: unknown) {
    super('whether the keeper took a grant is not known');
  }
}

const pausesMs = [200, 1_000];

/**
 * Hands a grant to the keeper, who verifies and seals it; here it is forgotten. A grant the keeper did not take for a new connection is
 * revoked: nobody would hold it, yet it would live on at the provider. Not so for one that is connected again: at many providers (Google)
 * a second consent adds to the first grant, and ending it would end the working credential too. Nor where nobody knows whether it was
 * stored: it may be in use.
 */
export async function handOverGrant(parts: BrokerParts, grant: Grant): Promise<ReplyOf<typeof credentials.put>> {
  const { holder, tokens, inputs, ours } = grant;
  const { connectionId, platformId, projectId, projectIds, ownerId, connector, type, allowOtherAccount } = holder;
  try {
    return await putSurely(parts, { connectionId, platformId, projectId, projectIds: [...projectIds], ownerId, connector, type, inputs: { ...inputs }, allowOtherAccount, credential: credentialOf(grant) });
  } catch (thrown) {
    const error = thrown instanceof UnknownOutcome ? thrown.cause : thrown;
    // The keeper saw to the grant itself: it knows that the connection is gone.
    if (error instanceof AppError && error.code === 'ENTITY_NOT_FOUND') throw connectionGone(error);
    if (thrown instanceof UnknownOutcome) parts.context.logger.error({ error, connectionId, connector }, 'whether the keeper took a grant is not known; it is left alone');
    else if (ours && !holder.reconnect) await endGrant(parts, { connectionId, connector: grant.connector, inputs, app: grant.app, tokens });
    throw error;
  }
}

function credentialOf({ holder, connector, tokens, grantType = 'authorization_code' }: Grant): OauthGrant {
  const asked = scopesByToken(connector.auth.OAUTH2!, holder.scopes);
  return {
    type: 'OAUTH2',
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    tokenType: tokens.tokenType,
    expiresInSeconds: tokens.expiresInSeconds,
    ageMs: tokens.ageMs,
    // RFC 6749 §5.1: an answer that names no scopes granted those asked for.
    scopes: tokens.scopes ?? asked.first,
    oauthAppId: holder.oauthAppId,
    grantType,
    second: tokens.second === null ? null : { ...tokens.second, scopes: tokens.second.scopes ?? asked.second },
    refreshExpiresInSeconds: tokens.refreshExpiresInSeconds,
  };
}

/**
 * Storing the same grant twice is storing it once, so an answer that was lost is asked for again. What a later try is refused says nothing
 * of what an earlier one did.
 * @throws UnknownOutcome, or the keeper's refusal
 */
async function putSurely({ rpc, context }: BrokerParts, request: Put): Promise<ReplyOf<typeof credentials.put>> {
  let lost = false;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await rpc.call(credentials.put, request);
    } catch (error) {
      const isLost = !(error instanceof AppError) || error.code === 'SERVICE_UNAVAILABLE' || error.code === 'INTERNAL';
      lost ||= isLost;
      const pause = pausesMs[attempt];
      if (!isLost || pause === undefined) throw lost ? new UnknownOutcome(error) : error;
      context.logger.warn({ error, connectionId: request.connectionId, attempt }, 'the keeper did not say whether it took a grant; it is asked again');
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

export const connectionGone = (cause: AppError): AppError =>
  new AppError('AUTHORIZATION_FAILED', 'The connection was deleted while it was being authorized.', { cause });
