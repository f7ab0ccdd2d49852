import { authorizeEndpoint, expectedIssuer, ProviderError, revocationEndpoint, tokenEndpoint, type Target } from '@trunkline/connector-kit';
import { sha256 } from './authorization.js';

/** An endpoint whose inputs are still to come is known by how it is written. */
function rendered(make: () => string | null, source: string | undefined): string | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProviderError) return source ?? null;
    throw error;
  }
}

/**
 * What a walk must find again when it comes back: a definition that has changed meanwhile could send its code, and our client secret, to
 * another server than the one the person consented at (RFC 9700 §4.4). Null while the issuer's endpoints have not been looked up.
 */
export function endpointsDigest({ connector, inputs, settings }: Target): Buffer | null {
  const oauth = connector.auth.OAUTH2;
  if (oauth === undefined || oauth.discovery !== undefined) return null;
  const { authorizeUrl, tokenUrl, refreshUrl, revocation, issuer, clientAuthentication, callbackSignature } = oauth;
  const at = [connector, inputs, settings] as const;
  return sha256(
    JSON.stringify([
      rendered(() => authorizeEndpoint(...at), authorizeUrl?.source),
      rendered(() => tokenEndpoint(...at), tokenUrl?.source),
      rendered(() => tokenEndpoint(...at, 'refresh'), refreshUrl?.source),
      rendered(() => revocationEndpoint(...at), revocation?.url.source),
      rendered(() => expectedIssuer(...at), issuer?.source),
      clientAuthentication,
      callbackSignature?.parameter ?? null,
    ]),
  );
}
