import type { Connector } from '@trunkline/catalog';
import { revokeToken, type GrantedTokens, type OauthApp } from '@trunkline/connector-kit';
import { credentials, type ReplyOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import type { Authorization } from './authorization.js';

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
}

const revokeTimeoutMs = 5_000;

/**
 * Hands a grant to the keeper, who verifies and seals it; here it is forgotten. A grant the keeper did not take for a new connection is
 * revoked: nobody would hold it, yet it would live on at the provider. Not so for one that is connected again: at many providers (Google)
 * a second consent adds to the first grant, and ending it would end the working credential too.
 */
export async function handOverGrant(parts: BrokerParts, grant: Grant): Promise<ReplyOf<typeof credentials.put>> {
  const { holder, tokens, inputs, ours } = grant;
  const { connectionId, platformId, projectId, projectIds, ownerId, connector, type, allowOtherAccount, oauthAppId } = holder;
  try {
    return await parts.rpc.call(credentials.put, {
      connectionId,
      platformId,
      projectId,
      projectIds: [...projectIds],
      ownerId,
      connector,
      type,
      inputs: { ...inputs },
      allowOtherAccount,
      credential: {
        type: 'OAUTH2',
        accessToken: tokens.accessToken,
        refreshToken: tokens.refreshToken,
        tokenType: tokens.tokenType,
        expiresInSeconds: tokens.expiresInSeconds,
        ageMs: tokens.ageMs,
        // RFC 6749 §5.1: an answer that names no scopes granted those asked for.
        scopes: tokens.scopes ?? [...holder.scopes],
        oauthAppId,
      },
    });
  } catch (error) {
    // The keeper saw to the grant itself: it knows that the connection is gone.
    if (error instanceof AppError && error.code === 'ENTITY_NOT_FOUND') throw connectionGone(error);
    if (ours && !holder.reconnect) await revoke(parts, grant);
    throw error;
  }
}

export const connectionGone = (cause: AppError): AppError =>
  new AppError('AUTHORIZATION_FAILED', 'The connection was deleted while it was being authorized.', { cause });

async function revoke(parts: BrokerParts, { holder: { connectionId }, connector, app, tokens, inputs }: Grant): Promise<void> {
  const { egress, connectorSettings, context } = parts;
  const revocation = connector.auth.OAUTH2?.revocation;
  const withAccessToken = revocation?.authenticateWith === 'access_token' || revocation?.takes === 'access_token' || tokens.refreshToken === null;
  try {
    const outcome = await revokeToken({
      egress,
      connector,
      inputs,
      settings: connectorSettings,
      app,
      token: withAccessToken ? tokens.accessToken : tokens.refreshToken!,
      tokenTypeHint: withAccessToken ? 'access_token' : 'refresh_token',
      timeoutMs: revokeTimeoutMs,
    });
    context.logger.warn({ connectionId, revocation: outcome }, 'the keeper did not take a grant; it was given up');
  } catch (error) {
    context.logger.error({ error, connectionId }, 'the keeper did not take a grant, and it could not be revoked');
  }
}
