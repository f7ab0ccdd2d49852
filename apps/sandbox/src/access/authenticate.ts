import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../http/api-error.js';
import type { ApiKeys } from './api-keys.js';

/** Who is calling. */
export interface Caller {
  /** Whose data: an account id. */
  account: string;
  scopes: ReadonlySet<string>;
  /** What the rate limit counts by: the grant, which outlives its access tokens, or the API key. */
  credential: string;
}

/** Finds a valid access token. */
export type FindAccessToken = (token: string) => Promise<Caller | null>;

const REALM = 'Bearer realm="trunkline-sandbox"';

/** Reads the credential of a request: `Authorization: Bearer <access token>` or `X-Api-Key: <key>`. */
export async function authenticate(headers: IncomingHttpHeaders, findAccessToken: FindAccessToken, apiKeys: ApiKeys): Promise<Caller> {
  const key = headers['x-api-key'];
  if (typeof key === 'string') {
    const found = apiKeys.find(key);
    if (!found) throw new ApiError(401, 'invalid_api_key', 'This API key is unknown or revoked.', { 'www-authenticate': REALM });
    return { account: found.account, scopes: new Set(found.scopes), credential: `key:${found.id}` };
  }
  const bearer = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(headers.authorization ?? '');
  // RFC 6750 section 3.1: no error code when the request carried no credential at all.
  if (!bearer) throw new ApiError(401, 'unauthenticated', 'Send an access token (Authorization: Bearer) or an API key (X-Api-Key).', { 'www-authenticate': REALM });
  const caller = await findAccessToken(bearer[1] as string);
  if (!caller) {
    throw new ApiError(401, 'invalid_token', 'The access token is unknown, expired or revoked.', {
      'www-authenticate': `${REALM}, error="invalid_token", error_description="The access token is unknown, expired or revoked"`,
    });
  }
  return caller;
}

export function requireScope(caller: Caller, scope: string): void {
  if (caller.scopes.has(scope)) return;
  throw new ApiError(403, 'insufficient_scope', `This needs the scope ${scope}.`, {
    'www-authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"`,
  });
}
