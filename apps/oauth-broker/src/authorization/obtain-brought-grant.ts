import type { Connector } from '@trunkline/catalog';
import { requestToken, type Grant, type GrantedTokens, type OauthApp } from '@trunkline/connector-kit';
import type { OauthCredential } from '@trunkline/contracts';
import type { BrokerParts } from '../broker-parts.js';
import { believedLife, tokenTypeOf } from './brought-tokens.js';
import { endGrant } from './end-grant.js';
import { refusalOf } from './refusal-of.js';

/** Of the caller's 60 s; storing and verifying what we get takes up to 35 more. */
const exchangeTimeoutMs = 15_000;

interface Asking {
  readonly connectionId: string;
  /** The connection has a working credential, which may hang on the same grant. */
  readonly reconnect: boolean;
  readonly connector: Connector;
  readonly inputs: Readonly<Record<string, string>>;
  readonly app: OauthApp;
  readonly credential: OauthCredential;
}

/**
 * Tokens from what a client brought. A code is sent once, whatever comes back; tokens are taken as they are, except that one which has
 * died by the client's own word is renewed first, where it came with the means to. `ours`: we made the provider issue them.
 * @throws AppError AUTHORIZATION_FAILED, CONNECTOR_MISCONFIGURED, PROVIDER_UNAVAILABLE
 */
export async function obtainBroughtGrant(parts: BrokerParts, asking: Asking): Promise<{ tokens: GrantedTokens; ours: boolean }> {
  const { code, codeVerifier, redirectUrl, accessToken, refreshToken, tokenType, scopes } = asking.credential;
  if (accessToken === undefined) {
    const grant: Grant =
      code === undefined
        ? { grantType: 'client_credentials' }
        : { grantType: 'authorization_code', code: code.reveal(), redirectUri: redirectUrl!, codeVerifier: codeVerifier?.reveal() };
    return { tokens: await ask(parts, asking, grant), ours: true };
  }
  const life = believedLife(asking.credential, Date.now());
  if (life.probablyDead && refreshToken !== undefined && asking.connector.auth.OAUTH2!.refresh.supported) {
    const renewed = await ask(parts, asking, { grantType: 'refresh_token', refreshToken });
    return { tokens: { ...renewed, refreshToken: renewed.refreshToken ?? refreshToken, scopes: renewed.scopes ?? scopes ?? [] }, ours: false };
  }
  const tokens: GrantedTokens = {
    kind: 'granted',
    accessToken,
    refreshToken: refreshToken ?? null,
    tokenType: tokenTypeOf(tokenType),
    expiresInSeconds: life.expiresInSeconds ?? asking.connector.auth.OAUTH2!.tokenResponse.defaultExpiresIn ?? null,
    ageMs: 0,
    scopes: scopes ?? [],
    captured: {},
    second: null,
    refreshExpiresInSeconds: null,
  };
  return { tokens, ours: false };
}

async function ask(parts: BrokerParts, { connectionId, reconnect, connector, inputs, app, credential }: Asking, grant: Grant): Promise<GrantedTokens> {
  const outcome = await requestToken({ egress: parts.egress, connector, inputs, settings: parts.connectorSettings, app, grant, timeoutMs: exchangeTimeoutMs });
  if (outcome.kind === 'granted') return outcome;
  const { unused } = outcome;
  if (unused !== undefined && !reconnect) await endGrant(parts, { connectionId, connector, app, tokens: unused, inputs: { ...unused.captured, ...inputs } });
  throw refusalOf(connector, outcome, credential.type === 'OAUTH2');
}
