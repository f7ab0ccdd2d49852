import type { Secret } from '@trunkline/contracts';
import type { JwtBearerMethod, Oauth2Method } from '@trunkline/catalog';
import { EgressError } from '@trunkline/egress';
import type { EgressResponse } from '@trunkline/egress';
import type { Requester } from '../answer/ask-provider.js';
import { ProviderError } from '../provider-error.js';
import { checkedValues } from '../render/bind-connector.js';
import type { Target } from '../render/bind-connector.js';
import { renderText } from '../render/render-template.js';
import { assertionProof, jwtBearerGrantType, proveClient } from './client-authentication.js';
import type { OauthApp } from './client-authentication.js';
import { assertionAudience, assertionOf, assertionScopes, oauthOf, scopesByToken, scopesFor, tokenEndpoint } from './oauth-endpoints.js';
import { lookUpInputs } from './look-up-inputs.js';
import { parameterBody, renamed } from './parameter-body.js';
import { readTokenAnswer } from './read-token-answer.js';
import { resolveEndpoints } from './resolve-endpoints.js';
import type { RefusalClass, RefusedTokens, TokenOutcome } from './token-outcome.js';

export type Grant =
  | { readonly grantType: 'authorization_code'; readonly code: string; readonly redirectUri: string; readonly codeVerifier?: string }
  | { readonly grantType: 'refresh_token'; readonly refreshToken: Secret }
  | { readonly grantType: 'client_credentials' }
  /** RFC 7523, as the connector says: the assertion is the grant, or proves the client. `props` are the credential's fields. */
  | { readonly grantType: 'assertion'; readonly assertion: Secret; readonly props: Readonly<Record<string, Secret>> };
type OauthGrant = Exclude<Grant, { grantType: 'assertion' }>;
type AssertionGrant = Extract<Grant, { grantType: 'assertion' }>;

export interface TokenRequest extends Target {
  readonly egress: Requester;
  /** Null only with an assertion: the key that signed it takes the app's place. */
  readonly app: OauthApp | null;
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

function grantParameters(grant: OauthGrant, oauth: Oauth2Method, scopes: () => readonly string[]): Record<string, string> {
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

/** What is sent to which address; or why nothing is. */
interface Prepared {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly method: Oauth2Method | JwtBearerMethod;
}

async function prepareOauth({ connector, inputs, settings }: Target, grant: OauthGrant, app: OauthApp | null): Promise<Prepared | RefusedTokens> {
  const oauth = oauthOf(connector);
  const isRefresh = grant.grantType === 'refresh_token';
  if (isRefresh && !oauth.refresh.supported) return notSent('reauth', `${connector.name} does not renew tokens`);
  const url = tokenEndpoint(connector, inputs, settings, isRefresh ? 'refresh' : 'grant');
  const proof = app === null ? { lacks: 'a client id' } : await proveClient(oauth, app, assertionAudience(connector, inputs, settings));
  if ('lacks' in proof) return notSent('misconfigured', `the OAuth app for ${connector.name} needs ${proof.lacks}`);
  const parameters = {
    grant_type: isRefresh ? oauth.refresh.grantType : grant.grantType,
    ...grantParameters(grant, oauth, () => scopesByToken(oauth, scopesFor(connector)).first),
    ...proof.parameters,
  };
  const { headers, body } = parameterBody(oauth.tokenRequest.format, { ...renamed(parameters, oauth.tokenRequest.parameterNames), ...oauth.tokenParams });
  return { url, headers: { ...headers, ...proof.headers }, body, method: oauth };
}

/** RFC 7523 §2.1 and §2.2, always as a form. */
function prepareAssertion(target: Target, { assertion, props }: AssertionGrant): Prepared {
  const { connector, inputs, settings } = target;
  const method = assertionOf(connector);
  const values = { ...checkedValues(target, { whole: false }), credential: Object.fromEntries(Object.entries(props).map(([name, value]) => [name, value.reveal()])) };
  const scopes = method.scopeIn === 'parameter' ? assertionScopes(connector) : [];
  const extra = Object.entries(method.tokenParams).flatMap(([name, template]): [string, string][] => {
    const value = renderText(template, values);
    return value === undefined ? [] : [[name, value]];
  });
  const parameters = {
    ...(method.grant === 'jwt_bearer' ? { grant_type: jwtBearerGrantType, assertion: assertion.reveal() } : { grant_type: 'client_credentials', ...assertionProof(assertion) }),
    ...(scopes.length > 0 && { scope: scopes.join(method.scopeSeparator) }),
    ...Object.fromEntries(extra),
  };
  return { url: tokenEndpoint(connector, inputs, settings, 'assertion'), ...parameterBody('form', parameters), method };
}

/** An issuer that does not answer is a provider that does not answer: nothing has been sent yet. */
async function withEndpoints(egress: Requester, target: Target, timeoutMs: number): Promise<Target | RefusedTokens> {
  if (target.connector.auth.OAUTH2?.discovery === undefined) return target;
  try {
    return await resolveEndpoints(egress, target, timeoutMs);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return notSent(error.kind === 'unavailable' ? 'transient' : 'misconfigured', error.message);
  }
}

/**
 * Asks the provider's token endpoint for an access token. Never throws for what the provider does: every failure is an outcome (see
 * {@link TokenOutcome}). Never follows a redirect, which would hand code and client secret to another address. Takes no AbortSignal on
 * purpose: once a rotating refresh token is sent, its answer must be waited for.
 *
 * @throws ProviderError `rejected` if the connector does not take the grant or the inputs do not fit it
 */
export async function requestToken({ egress, app, grant, timeoutMs = defaultTimeoutMs, ...given }: TokenRequest): Promise<TokenOutcome> {
  const target = grant.grantType === 'assertion' ? given : await withEndpoints(egress, given, timeoutMs);
  if ('kind' in target) return target;
  const { connector } = target;
  const prepared = grant.grantType === 'assertion' ? prepareAssertion(target, grant) : await prepareOauth(target, grant, app);
  if ('kind' in prepared) return prepared;
  const { url, headers, body, method } = prepared;

  let response: EgressResponse;
  try {
    response = await egress.request({
      method: 'POST',
      url,
      headers: { accept: 'application/json', ...headers },
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
  const outcome = readTokenAnswer({ status: response.status, headers: response.headers, text: response.text(), ageMs }, connector, method);
  return outcome.kind === 'granted' && grant.grantType === 'authorization_code' ? lookUpInputs({ ...target, egress, timeoutMs }, outcome) : outcome;
}
