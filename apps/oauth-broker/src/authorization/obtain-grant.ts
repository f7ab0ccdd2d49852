import type { Connector } from '@trunkline/catalog';
import { authorizeEndpoint, requestToken, type GrantedTokens, type OauthApp } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import OAuth2Strategy from 'passport-oauth2';
import type { BrokerParts } from '../broker-parts.js';
import { runStrategy, type StrategyOutcome } from '../passport/run-strategy.js';
import { strategyFor, type Code } from '../passport/strategy-for.js';
import type { Authorization } from './authorization.js';
import { usedUpStore } from './authorization-state-store.js';
import { openCodeVerifier } from './code-verifier.js';
import { providerWords } from './provider-words.js';
import { refusalOf } from './refusal-of.js';

/** Of the caller's 60 s; storing and verifying what we get takes up to 35 more. */
const exchangeTimeoutMs = 15_000;

/**
 * The second half of a walk: the provider's refusal, or its code turned into tokens. A code is sent once, whatever comes back:
 * providers answer a second use by revoking what the first one gave (RFC 6749 §4.1.2).
 * @throws AppError AUTHORIZATION_DENIED, AUTHORIZATION_FAILED, CONNECTOR_MISCONFIGURED, PROVIDER_UNAVAILABLE
 */
export async function obtainGrant(
  parts: BrokerParts,
  { walk, connector, app, query }: { walk: Authorization; connector: Connector; app: OauthApp; query: Readonly<Record<string, string>> },
): Promise<GrantedTokens> {
  const { connectorSettings, egress } = parts;
  const oauth = connector.auth.OAUTH2!;
  // A provider with its own word for the code at the token endpoint uses it at the callback too (TikTok: auth_code).
  const code = query.code ?? query[oauth.tokenRequest.parameterNames.code ?? 'code'];
  if (!query.error && !code) {
    throw new AppError('AUTHORIZATION_FAILED', `${connector.name} sent neither a code nor an error.`);
  }
  const exchange = async ({ code: sent, redirectUri, codeVerifier }: Code): Promise<GrantedTokens> => {
    const outcome = await requestToken({
      egress,
      connector,
      inputs: walk.inputs,
      settings: connectorSettings,
      app,
      grant: { grantType: 'authorization_code', code: sent, redirectUri, codeVerifier },
      timeoutMs: exchangeTimeoutMs,
    });
    if (outcome.kind === 'refused') throw refusalOf(connector, outcome);
    return outcome;
  };
  const strategy = strategyFor({
    oauth,
    authorizeUrl: authorizeEndpoint(connector, walk.inputs, connectorSettings),
    clientId: walk.clientId,
    redirectUri: walk.redirectUri,
    scopes: walk.scopes,
    store: usedUpStore(await openCodeVerifier(parts, walk)),
    exchange,
  });
  const outcome = await run(connector, strategy, code === undefined ? query : { ...query, code });
  if (outcome.kind === 'granted') return outcome.user;
  if (outcome.kind === 'redirect') throw new Error('the strategy began a new walk in place of finishing one');
  const words = providerWords(outcome.words);
  throw new AppError('AUTHORIZATION_DENIED', `Access was not granted at ${connector.name}${words === null ? '.' : `: ${words}`}`, {
    params: { connector: connector.id, providerMessage: words },
  });
}

async function run(connector: Connector, strategy: OAuth2Strategy, query: Readonly<Record<string, string>>): Promise<StrategyOutcome<GrantedTokens>> {
  try {
    return await runStrategy<GrantedTokens>(strategy, query);
  } catch (error) {
    if (!(error instanceof OAuth2Strategy.AuthorizationError)) throw error;
    const words = [providerWords(error.code), providerWords(error.message)].filter((part) => part !== null).join(': ');
    throw new AppError('AUTHORIZATION_FAILED', `${connector.name} ended the authorization: ${words}`, {
      params: { connector: connector.id, providerMessage: words },
    });
  }
}
