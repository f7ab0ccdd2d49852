import type { Secret } from '@trunkline/contracts';
import type { Oauth2Method } from '@trunkline/catalog';

/** Our registration at the provider. */
export interface OauthApp {
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecret: Secret | null;
}

/** How a request to the token or revocation endpoint proves whose it is. */
export interface ClientProof {
  readonly headers: Record<string, string>;
  readonly parameters: Record<string, string>;
}

/** RFC 6749 appendix B. */
const formEncoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);

/** The client's proof by the connector's method; null if the method needs a secret and the app has none. */
export function proveClient(method: Oauth2Method['clientAuthentication'], app: OauthApp): ClientProof | null {
  if (method === 'none') return { headers: {}, parameters: { client_id: app.clientId } };
  if (app.clientSecret === null) return null;
  const secret = app.clientSecret.reveal();
  if (method === 'client_secret_post') return { headers: {}, parameters: { client_id: app.clientId, client_secret: secret } };
  // RFC 6749 §2.3.1: both are form-encoded before Base64, so that a colon inside stays inside.
  const pair = `${formEncoded(app.clientId)}:${formEncoded(secret)}`;
  return { headers: { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }, parameters: {} };
}

/** RFC 7523 §2.1. */
export const jwtBearerGrantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** RFC 7523 §2.2: a signed assertion in place of a client secret. */
export const assertionProof = (assertion: Secret): Record<string, string> => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: assertion.reveal(),
});
