import type { Secret } from '@trunkline/contracts';
import { EgressError } from '@trunkline/egress';
import type { EgressResponse } from '@trunkline/egress';
import type { Requester } from '../answer/ask-provider.js';
import { parseJson } from '../lossless-json.js';
import { readPath } from '../read-path.js';
import { bindConnector } from '../render/bind-connector.js';
import type { Target } from '../render/bind-connector.js';
import { retryAfterMs } from '../retry-after.js';
import { authorize } from './apply-auth.js';
import { proveClient } from './client-authentication.js';
import type { OauthApp } from './client-authentication.js';
import { oauthOf, revocationEndpoint } from './oauth-endpoints.js';
import { parameterBody } from './parameter-body.js';

export interface Revocation extends Target {
  readonly egress: Requester;
  readonly app: OauthApp;
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

function errorCode(response: EgressResponse): unknown {
  try {
    return readPath(parseJson(response.text()), ['error']);
  } catch {
    return undefined;
  }
}

function outcomeOf(response: EgressResponse, name: string): RevokeOutcome {
  const { status } = response;
  if (status >= 200 && status < 300) return { kind: 'revoked' };
  const error = errorCode(response);
  // RFC 7009 §2.2: an unknown token is a success, there is nothing left to revoke; some servers make an error of it.
  if (error === 'invalid_token' || error === 'token_revoked') return { kind: 'revoked' };
  if (error === 'unsupported_token_type') return { kind: 'unsupported' };
  const retryable = status >= 500 || status === 429 || status === 408 || status === 425;
  return { kind: 'failed', retryable, retryAfterMs: retryAfterMs(response.headers), message: `${name} did not revoke the token (${status})` };
}

/**
 * Revokes a token at the provider: RFC 7009, or the provider's own call as its definition describes it. Never throws for what the
 * provider does and never follows a redirect.
 *
 * @throws ProviderError `rejected` if the connector has no OAuth or the inputs do not fit it
 */
export async function revokeToken({ egress, app, token, tokenTypeHint, timeoutMs = 20_000, ...target }: Revocation): Promise<RevokeOutcome> {
  const { connector, inputs, settings } = target;
  const oauth = oauthOf(connector);
  const url = revocationEndpoint(connector, inputs, settings);
  if (url === null || oauth.revocation === undefined) return { kind: 'unsupported' };
  const { method, format, authenticateWith } = oauth.revocation;
  const failed = (message: string, retryable: boolean): RevokeOutcome => ({ kind: 'failed', retryable, retryAfterMs: null, message });

  let authorized = { url, headers: {} as Record<string, string> };
  let parameters: Record<string, string> = {};
  if (authenticateWith === 'access_token') {
    authorized = authorize(bindConnector(target), { type: 'OAUTH2', accessToken: token, tokenType: 'Bearer' }, authorized);
  } else {
    const proof = proveClient(oauth.clientAuthentication, app);
    if (proof === null) return failed(`the OAuth app for ${connector.name} needs a client secret`, false);
    authorized = { url, headers: proof.headers };
    parameters = { token: token.reveal(), ...(tokenTypeHint && { token_type_hint: tokenTypeHint }), ...proof.parameters };
  }
  const content = method === 'POST' && Object.keys(parameters).length > 0 ? parameterBody(format, parameters) : undefined;
  try {
    const response = await egress.request({
      method,
      url: authorized.url,
      headers: { accept: 'application/json', ...content?.headers, ...authorized.headers },
      body: content?.body,
      timeoutMs,
      maxBytes,
      allowedOrigins: [new URL(url).origin],
      redirect: 'error',
    });
    return outcomeOf(response, connector.name);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return failed(`the revocation endpoint of ${connector.name} gave no complete answer (${error.code})`, error.retryable);
  }
}
