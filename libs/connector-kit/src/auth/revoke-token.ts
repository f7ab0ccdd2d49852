import type { Secret } from '@trunkline/contracts';
import type { Condition } from '@trunkline/catalog';
import { EgressError } from '@trunkline/egress';
import type { EgressResponse } from '@trunkline/egress';
import type { Requester } from '../answer/ask-provider.js';
import { holds } from '../answer/classify-answer.js';
import { parseJson } from '../lossless-json.js';
import { ProviderError } from '../provider-error.js';
import { readPath } from '../read-path.js';
import { bindConnector } from '../render/bind-connector.js';
import type { Target } from '../render/bind-connector.js';
import { retryAfterMs } from '../retry-after.js';
import { authorize } from './apply-auth.js';
import { assertionProof, proveClient } from './client-authentication.js';
import type { ClientProof, OauthApp, Unproven } from './client-authentication.js';
import { assertionAudience, assertionOf, oauthOf, revocationEndpoint } from './oauth-endpoints.js';
import type { TokenMethod } from './oauth-endpoints.js';
import { parameterBody, renamed } from './parameter-body.js';
import { resolveEndpoints } from './resolve-endpoints.js';

export interface Revocation extends Target {
  readonly egress: Requester;
  /** Null where the token came for an assertion. */
  readonly app: OauthApp | null;
  /** How the token was got. Default OAUTH2. */
  readonly method?: TokenMethod;
  /** With JWT_BEARER, where an assertion proves the client: a fresh one. */
  readonly assertion?: Secret | null;
  /** Preferably the refresh token: revoking it ends the grant (RFC 7009 §2.1). An access token where the connector authenticates with it. */
  readonly token: Secret;
  readonly tokenTypeHint?: 'access_token' | 'refresh_token';
  /** Milliseconds, default 20000. */
  readonly timeoutMs?: number;
}

/** `failed`: `retryable` says whether the same request may succeed later. The message holds no secret. */
export type RevokeOutcome =
  | { readonly kind: 'revoked' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'failed'; readonly retryable: boolean; readonly retryAfterMs: number | null; readonly message: string };

const maxBytes = 256 * 1024;

function parsed(response: EgressResponse): unknown {
  try {
    return parseJson(response.text());
  } catch {
    return undefined;
  }
}

function outcomeOf(response: EgressResponse, name: string, successWhen: Condition | undefined): RevokeOutcome {
  const { status } = response;
  const body = parsed(response);
  if (status >= 200 && status < 300 && (successWhen === undefined || holds(successWhen, body))) return { kind: 'revoked' };
  const error = readPath(body, ['error']);
  // RFC 7009 §2.2: an unknown token is a success, there is nothing left to revoke; some servers make an error of it.
  if (error === 'invalid_token' || error === 'token_revoked') return { kind: 'revoked' };
  if (error === 'unsupported_token_type') return { kind: 'unsupported' };
  const retryable = status >= 500 || status === 429 || status === 408 || status === 425;
  return { kind: 'failed', retryable, retryAfterMs: retryAfterMs(response.headers), message: `${name} did not revoke the token (${status})` };
}

/** RFC 7009 §2.1: the client proves itself as at the token endpoint; one that has only assertions as grants is not known there. */
async function proofOf({ connector, inputs, settings, method = 'OAUTH2', app, assertion }: Target & Pick<Revocation, 'method' | 'app' | 'assertion'>): Promise<ClientProof | Unproven> {
  if (method === 'OAUTH2') {
    const { clientAuthentication, clientAssertion, revocation } = oauthOf(connector);
    const how = { clientAuthentication: revocation?.clientAuthentication ?? clientAuthentication, clientAssertion };
    return app === null ? { lacks: 'a client id' } : proveClient(how, app, assertionAudience(connector, inputs, settings));
  }
  return { headers: {}, parameters: assertion ? assertionProof(assertion) : {} };
}

/**
 * Revokes a token at the provider: RFC 7009, or the provider's own call as its definition describes it. Never throws for what the
 * provider does and never follows a redirect.
 *
 * @throws ProviderError `rejected` if the connector has no OAuth or the inputs do not fit it
 */
export async function revokeToken({ egress, app, method = 'OAUTH2', assertion = null, token, tokenTypeHint, timeoutMs = 20_000, ...given }: Revocation): Promise<RevokeOutcome> {
  const failed = (message: string, retryable: boolean): RevokeOutcome => ({ kind: 'failed', retryable, retryAfterMs: null, message });
  let target: Target;
  try {
    target = method === 'OAUTH2' ? await resolveEndpoints(egress, given, timeoutMs) : given;
  } catch (error) {
    if (!(error instanceof ProviderError) || given.connector.auth.OAUTH2?.discovery === undefined) throw error;
    return failed(error.message, error.kind === 'unavailable');
  }
  const { connector, inputs, settings } = target;
  const { revocation } = method === 'OAUTH2' ? oauthOf(connector) : assertionOf(connector);
  const url = revocationEndpoint(connector, inputs, settings, method, app?.clientId);
  if (url === null || revocation === undefined) return { kind: 'unsupported' };
  const { method: verb, format, authenticateWith, takes, parameterNames, successWhen } = revocation;
  if (takes === 'access_token' && tokenTypeHint === 'refresh_token') return { kind: 'unsupported' };

  let authorized = { url, headers: {} as Record<string, string> };
  let parameters: Record<string, string> = {};
  if (authenticateWith === 'access_token') {
    authorized = authorize(bindConnector(target), { type: method, accessToken: token, tokenType: 'Bearer' }, authorized);
  } else {
    const proof = await proofOf({ ...target, method, app, assertion });
    if ('lacks' in proof) return failed(`the OAuth app for ${connector.name} needs ${proof.lacks}`, false);
    authorized = { url, headers: proof.headers };
    const hint: Record<string, string> = revocation.tokenTypeHint && tokenTypeHint !== undefined ? { token_type_hint: tokenTypeHint } : {};
    parameters = renamed({ token: token.reveal(), ...hint, ...proof.parameters }, parameterNames);
  }
  const content = verb !== 'GET' && Object.keys(parameters).length > 0 ? parameterBody(format, parameters) : undefined;
  try {
    const response = await egress.request({
      method: verb,
      url: authorized.url,
      headers: { accept: 'application/json', ...content?.headers, ...authorized.headers },
      body: content?.body,
      timeoutMs,
      maxBytes,
      allowedOrigins: [new URL(url).origin],
      redirect: 'error',
    });
    return outcomeOf(response, connector.name, successWhen);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return failed(`the revocation endpoint of ${connector.name} gave no complete answer (${error.code})`, error.retryable);
  }
}
