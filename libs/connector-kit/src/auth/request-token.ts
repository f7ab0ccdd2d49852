import type { Secret } from '@trunkline/contracts';
import type { Oauth2Method } from '@trunkline/catalog';
import { EgressError } from '@trunkline/egress';
import type { EgressResponse } from '@trunkline/egress';
import type { Requester } from '../answer/ask-provider.js';
import type { Target } from '../render/bind-connector.js';
import { proveClient } from './client-authentication.js';
import type { OauthApp } from './client-authentication.js';
import { oauthOf, scopesFor, tokenEndpoint } from './oauth-endpoints.js';
import { parameterBody } from './parameter-body.js';
import { readTokenAnswer } from './read-token-answer.js';
import type { RefusalClass, RefusedTokens, TokenOutcome } from './token-outcome.js';

export type Grant =
  | { readonly grantType: 'authorization_code'; readonly code: string; readonly redirectUri: string; readonly codeVerifier?: string }
  | { readonly grantType: 'refresh_token'; readonly refreshToken: Secret }
  | { readonly grantType: 'client_credentials' };

export interface TokenRequest extends Target {
  readonly egress: Requester;
  readonly app: OauthApp;
  readonly grant: Grant;
  /** Milliseconds for the whole request. Default 20000; keep it below the lease of a refresh. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 20_000;
const maxBytes = 256 * 1024;

const notSent = (refusal: RefusalClass, message: string): RefusedTokens => ({
  kind: 'refused',
  class: refusal,
  error: null,
  status: null,
  retryAfterMs: null,
  sent: false,
  message,
});

function grantParameters(grant: Grant, oauth: Oauth2Method, scopes: () => readonly string[]): Record<string, string> {
  switch (grant.grantType) {
    case 'authorization_code':
      return {
        code: grant.code,
        redirect_uri: grant.redirectUri,
        ...(grant.codeVerifier !== undefined && { code_verifier: grant.codeVerifier }),
      };
    case 'refresh_token':
      return { refresh_token: grant.refreshToken.reveal() };
    case 'client_credentials':
      return scopes().length === 0 ? {} : { scope: scopes().join(oauth.scopeSeparator) };
  }
}

/** Gives the parameters the names this provider uses for them. */
function renamed(parameters: Readonly<Record<string, string>>, names: Readonly<Partial<Record<string, string>>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [(Object.hasOwn(names, name) ? names[name] : undefined) ?? name, value]));
}

/**
 * Asks the provider's token endpoint for an access token. Never throws for what the provider does: every failure is an outcome (see
 * {@link TokenOutcome}). Never follows a redirect, which would hand code and client secret to another address. Takes no AbortSignal on
 * purpose: once a rotating refresh token is sent, its answer must be waited for.
 *
 * @throws ProviderError `rejected` if the connector has no OAuth or the inputs do not fit it
 */
export async function requestToken({ egress, app, grant, timeoutMs = defaultTimeoutMs, ...target }: TokenRequest): Promise<TokenOutcome> {
  const { connector, inputs, settings } = target;
  const oauth = oauthOf(connector);
  const isRefresh = grant.grantType === 'refresh_token';
  if (isRefresh && !oauth.refresh.supported) return notSent('reauth', `${connector.name} does not renew tokens`);
  const url = tokenEndpoint(connector, inputs, settings, isRefresh ? 'refresh' : 'grant');
  const proof = proveClient(oauth.clientAuthentication, app);
  if (proof === null) return notSent('misconfigured', `the OAuth app for ${connector.name} needs a client secret`);
  const parameters = {
    grant_type: grant.grantType,
    ...grantParameters(grant, oauth, () => scopesFor(connector)),
    ...proof.parameters,
  };
  const { headers, body } = parameterBody(oauth.tokenRequest.format, { ...renamed(parameters, oauth.tokenRequest.parameterNames), ...oauth.tokenParams });

  let response: EgressResponse;
  try {
    response = await egress.request({
      method: 'POST',
      url,
      headers: { accept: 'application/json', ...headers, ...proof.headers },
      body,
      timeoutMs,
      maxBytes,
      allowedOrigins: [new URL(url).origin],
      redirect: 'error',
    });
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    const refused = error.code === 'EGRESS_BLOCKED' || error.code === 'EGRESS_URL_INVALID';
    return {
      ...notSent(refused ? 'misconfigured' : 'transient', `the token endpoint of ${connector.name} gave no complete answer (${error.code})`),
      sent: error.sent,
    };
  }
  const ageMs = Math.max(0, (response.receivedAt - response.sentAt) / 2);
  return readTokenAnswer({ status: response.status, headers: response.headers, text: response.text(), ageMs }, connector, oauth);
}
