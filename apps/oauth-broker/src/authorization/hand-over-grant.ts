import type { Connector } from '@trunkline/catalog';
import { captureFromCallback, revokeToken, type GrantedTokens, type OauthApp } from '@trunkline/connector-kit';
import { credentials, type ReplyOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import type { Authorization } from './authorization.js';

export interface Grant {
  readonly walk: Authorization;
  readonly connector: Connector;
  readonly app: OauthApp;
  readonly tokens: GrantedTokens;
  readonly query: Readonly<Record<string, string>>;
}

const revokeTimeoutMs = 5_000;

/**
 * Hands a grant to the keeper, who verifies and seals it; here it is forgotten. A grant the keeper did not take is revoked: nobody
 * would hold it, yet it would live on at the provider.
 */
export async function handOverGrant(parts: BrokerParts, grant: Grant): Promise<ReplyOf<typeof credentials.put>> {
  const { walk, tokens } = grant;
  const inputs = inputsOf(grant);
  try {
    return await parts.rpc.call(credentials.put, {
      connectionId: walk.connectionId,
      platformId: walk.platformId,
      projectId: walk.projectId,
      ownerId: walk.ownerId,
      connector: walk.connector,
      inputs,
      credential: {
        type: 'OAUTH2',
        accessToken: tokens.accessToken,
        refreshToken: tokens.refreshToken,
        tokenType: tokens.tokenType,
        expiresInSeconds: tokens.expiresInSeconds,
        ageMs: tokens.ageMs,
        // RFC 6749 §5.1: an answer that names no scopes granted those asked for.
        scopes: tokens.scopes ?? [...walk.scopes],
        oauthAppId: walk.oauthAppId,
      },
    });
  } catch (error) {
    // The keeper saw to the grant itself: it knows that the connection is gone.
    if (error instanceof AppError && error.code === 'ENTITY_NOT_FOUND') throw connectionGone(error);
    await revoke(parts, grant, inputs);
    throw error;
  }
}

export const connectionGone = (cause: AppError): AppError =>
  new AppError('AUTHORIZATION_FAILED', 'The connection was deleted while it was being authorized.', { cause });

/** What the provider tells on the way fills inputs nobody gave; it never overrides what the person chose at the start. */
const inputsOf = ({ walk, connector, tokens, query }: Grant): Record<string, string> => ({
  ...captureFromCallback(connector, query),
  ...tokens.captured,
  ...walk.inputs,
});

async function revoke(parts: BrokerParts, { walk, connector, app, tokens }: Grant, inputs: Record<string, string>): Promise<void> {
  const { egress, connectorSettings, context } = parts;
  const withAccessToken = connector.auth.OAUTH2?.revocation?.authenticateWith === 'access_token' || tokens.refreshToken === null;
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
    context.logger.warn({ authorizationId: walk.id, connectionId: walk.connectionId, revocation: outcome }, 'the keeper did not take a grant; it was given up');
  } catch (error) {
    context.logger.error({ error, authorizationId: walk.id, connectionId: walk.connectionId }, 'the keeper did not take a grant, and it could not be revoked');
  }
}
