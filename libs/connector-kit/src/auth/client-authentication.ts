import { randomBytes } from 'node:crypto';
import { Secret } from '@trunkline/contracts';
import type { Oauth2Method } from '@trunkline/catalog';
import { SignJWT } from 'jose';
import { PrivateKeyError, readPrivateKey } from './private-key.js';
import { fittingAlgorithm } from './signature-algorithm.js';

/** Our registration at the provider. */
export interface OauthApp {
  readonly clientId: string;
  /** Null for a public client, and for one that proves itself with a key. */
  readonly clientSecret: Secret | null;
  /** The private key of `private_key_jwt`, PEM. */
  readonly privateKey?: Secret | null;
  /** The header `kid` of what it signs. */
  readonly keyId?: string | null;
}

/** How a request to the token or revocation endpoint proves whose it is. */
export interface ClientProof {
  readonly headers: Record<string, string>;
  readonly parameters: Record<string, string>;
}
/** What the app lacks, in words without secrets. */
export interface Unproven {
  readonly lacks: string;
}

type Methods = Pick<Oauth2Method, 'clientAuthentication' | 'clientAssertion'>;

/** RFC 6749 appendix B. */
const formEncoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);

/**
 * The client's proof by the connector's method: an assertion is signed for this request alone.
 * @param audience whom an assertion is for
 */
export async function proveClient({ clientAuthentication: method, clientAssertion }: Methods, app: OauthApp, audience: string): Promise<ClientProof | Unproven> {
  if (method === 'none') return { headers: {}, parameters: { client_id: app.clientId } };
  if (method === 'private_key_jwt') {
    const assertion = await signClientAssertion(clientAssertion, app, audience);
    return 'lacks' in assertion ? assertion : { headers: {}, parameters: { client_id: app.clientId, ...assertionProof(assertion.signed) } };
  }
  if (app.clientSecret === null) return { lacks: 'a client secret' };
  const secret = app.clientSecret.reveal();
  if (method === 'client_secret_post') return { headers: {}, parameters: { client_id: app.clientId, client_secret: secret } };
  // RFC 6749 §2.3.1: both are form-encoded before Base64, so that a colon inside stays inside.
  const pair = `${formEncoded(app.clientId)}:${formEncoded(secret)}`;
  return { headers: { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }, parameters: {} };
}

/** Clocks differ: an assertion that seems to come from the future is refused by most servers. It ends no later for it. */
const skewSeconds = 5;

/** OpenID Connect Core §9: issuer and subject are the client, the `jti` makes it of use once, and it lives for minutes at most. */
async function signClientAssertion({ algorithms, lifetimeSeconds }: Methods['clientAssertion'], app: OauthApp, audience: string): Promise<{ signed: Secret } | Unproven> {
  if (app.privateKey === undefined || app.privateKey === null) return { lacks: 'a private key' };
  try {
    const key = readPrivateKey(app.privateKey);
    const alg = fittingAlgorithm(algorithms, key);
    if (alg === undefined) return { lacks: `a key for ${algorithms.join(', ')}; the one it has is of another kind` };
    const issuedAt = Math.floor(Date.now() / 1_000) - skewSeconds;
    const claims = { iss: app.clientId, sub: app.clientId, aud: audience, jti: randomBytes(16).toString('base64url'), iat: issuedAt, exp: issuedAt + skewSeconds + lifetimeSeconds };
    const header = { alg, typ: 'JWT', ...(app.keyId === undefined || app.keyId === null ? {} : { kid: app.keyId }) };
    return { signed: new Secret(await new SignJWT(claims).setProtectedHeader(header).sign(key)) };
  } catch (error) {
    if (error instanceof PrivateKeyError) return { lacks: 'a usable private key' };
    throw error;
  }
}

/** RFC 7523 §2.1. */
export const jwtBearerGrantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** RFC 7523 §2.2: a signed assertion in place of a client secret. */
export const assertionProof = (assertion: Secret): Record<string, string> => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: assertion.reveal(),
});
