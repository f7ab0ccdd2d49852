import type { Connector } from '@trunkline/catalog';
import { revokeToken, type GrantedTokens, type OauthApp, type SecondToken } from '@trunkline/connector-kit';
import type { BrokerParts } from '../broker-parts.js';

const revokeTimeoutMs = 5_000;

/** A grant that nobody will hold. */
export interface UnheldGrant {
  readonly connectionId: string;
  readonly connector: Connector;
  readonly inputs: Readonly<Record<string, string>>;
  readonly app: OauthApp;
  readonly tokens: GrantedTokens;
}

/** Ends a grant at the provider, as far as it offers to; a second token has an end of its own. Never throws: the caller has another failure to tell. */
export async function endGrant(parts: BrokerParts, grant: UnheldGrant): Promise<void> {
  const { tokens } = grant;
  await endToken(parts, grant, tokens);
  if (tokens.second !== null) await endToken(parts, grant, tokens.second);
}

type Token = Pick<SecondToken, 'accessToken' | 'refreshToken'>;

async function endToken({ egress, connectorSettings, context }: BrokerParts, { connectionId, connector, inputs, app }: UnheldGrant, { accessToken, refreshToken }: Token): Promise<void> {
  const revocation = connector.auth.OAUTH2?.revocation;
  const withAccessToken = revocation?.authenticateWith === 'access_token' || revocation?.takes === 'access_token' || refreshToken === null;
  try {
    const outcome = await revokeToken({
      egress,
      connector,
      inputs,
      settings: connectorSettings,
      app,
      token: withAccessToken ? accessToken : refreshToken,
      tokenTypeHint: withAccessToken ? 'access_token' : 'refresh_token',
      timeoutMs: revokeTimeoutMs,
    });
    context.logger.warn({ connectionId, revocation: outcome }, 'nobody holds this grant; it was given up');
  } catch (error) {
    context.logger.error({ error, connectionId }, 'nobody holds this grant, and it could not be revoked');
  }
}
