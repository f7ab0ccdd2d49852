import { authorizeEndpoint, requestToken, type GrantedTokens, type OauthApp, type Target } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { runStrategy } from '../passport/run-strategy.js';
import { strategyFor, type Code } from '../passport/strategy-for.js';
import type { Authorization } from './authorization.js';
import { usedUpStore } from './authorization-state-store.js';
import { openCodeVerifier } from './code-verifier.js';
import { consentRefusal } from './consent-refusal.js';
import { endGrant } from './end-grant.js';
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
  { walk, target, app, query }: { walk: Authorization; target: Target; app: OauthApp; query: Readonly<Record<string, string>> },
): Promise<GrantedTokens> {
  const { connector } = target;
  const oauth = connector.auth.OAUTH2!;
  // A provider with its own word for the code at the token endpoint uses it at the callback too (TikTok: auth_code).
  const code = query.code ?? query[oauth.tokenRequest.parameterNames.code ?? 'code'];
  if (query.error) throw consentRefusal(connector, query.error, query.error_description);
  if (!code) throw new AppError('AUTHORIZATION_FAILED', `${connector.name} sent neither a code nor an error.`);
  const exchange = async ({ code: sent, redirectUri, codeVerifier }: Code): Promise<GrantedTokens> => {
    const outcome = await requestToken({
      ...target,
      egress: parts.egress,
      app,
      grant: { grantType: 'authorization_code', code: sent, redirectUri, codeVerifier },
      timeoutMs: exchangeTimeoutMs,
    });
    if (outcome.kind === 'granted') return outcome;
    const { unused } = outcome;
    // It was granted and cannot be used. Where there is a working credential, that may hang on this very grant.
    if (unused !== undefined && !walk.reconnect) await endGrant(parts, { connectionId: walk.connectionId, connector, app, tokens: unused, inputs: { ...unused.captured, ...walk.inputs } });
    throw refusalOf(connector, outcome);
  };
  const strategy = strategyFor({
    oauth,
    authorizeUrl: authorizeEndpoint(connector, target.inputs, target.settings),
    clientId: walk.clientId,
    redirectUri: walk.redirectUri,
    scopes: walk.scopes,
    reconnect: walk.reconnect,
    store: usedUpStore(await openCodeVerifier(parts, walk)),
    exchange,
  });
  const outcome = await runStrategy<GrantedTokens>(strategy, { ...query, code });
  if (outcome.kind === 'granted') return outcome.user;
  throw new Error(outcome.kind === 'redirect' ? 'the strategy began a new walk in place of finishing one' : 'the strategy refused a walk it was given a code for');
}
