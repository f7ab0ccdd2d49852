import { Template } from '@trunkline/catalog';
import type { Connector, Oauth2Method } from '@trunkline/catalog';
import type { Requester } from '../answer/ask-provider.js';
import { ProviderError } from '../provider-error.js';
import { checkedValues } from '../render/bind-connector.js';
import type { Target } from '../render/bind-connector.js';
import { renderOrigin, renderUrl } from '../render/render-url.js';
import { serverMetadata } from './server-metadata.js';
import type { ServerMetadata } from './server-metadata.js';

type ClientAuthentication = Oauth2Method['clientAuthentication'];

const refuse = ({ name }: Connector, what: string) => new ProviderError('rejected', `${name}: its authorization server ${what}`);
const literal = (url: string): Template => new Template(url, [url]);

/** Where endpoints may be: at the issuer, and where the connector sends credentials anyway. Origins whose inputs are still to come do not count. */
function originsFor(target: Target, issuer: string): readonly string[] {
  const values = checkedValues(target, { whole: false });
  const origins = target.connector.allowedOrigins.flatMap((origin) => {
    try {
      return [renderOrigin(origin, values)];
    } catch (error) {
      if (error instanceof ProviderError) return [];
      throw error;
    }
  });
  return [new URL(issuer).origin, ...origins];
}

function endpoint(connector: Connector, name: string, url: string, origins: readonly string[]): Template {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const plain = parsed !== null && parsed.username === '' && parsed.password === '' && parsed.hash === '' && !/[{}\s\\]/.test(url);
  if (!plain || !origins.includes(parsed.origin)) throw refuse(connector, `publishes a "${name}" at a place that is neither its issuer's nor one of the connector's allowed_origins`);
  return literal(parsed.href);
}

/** The written way where the server takes it; of the two ways to send a secret the other one stands in. */
function authenticationAs(written: ClientAuthentication, taken: readonly string[] | undefined): ClientAuthentication | null {
  // RFC 8414 §2: left out it means Basic.
  const methods = taken ?? ['client_secret_basic'];
  if (written === 'none' || methods.includes(written)) return written;
  const other = written === 'client_secret_basic' ? 'client_secret_post' : written === 'client_secret_post' ? 'client_secret_basic' : null;
  return other !== null && methods.includes(other) ? other : null;
}

/** RFC 7636 with S256 or not at all. What a server says nothing of stays as it is written. */
function pkceAs(connector: Connector, written: Oauth2Method['pkce'], methods: readonly string[] | undefined): Oauth2Method['pkce'] {
  if (methods === undefined) return written;
  if (methods.includes('S256')) return written === 'required' ? 'required' : 'supported';
  if (written === 'required') throw refuse(connector, 'does not take the PKCE method S256, which is required');
  return 'unsupported';
}

function revocationAs(oauth: Oauth2Method, connector: Connector, metadata: ServerMetadata, origins: readonly string[]): Oauth2Method['revocation'] {
  if (oauth.revocation !== undefined || metadata.revocation_endpoint === undefined) return oauth.revocation;
  const taken = metadata.revocation_endpoint_auth_methods_supported ?? metadata.token_endpoint_auth_methods_supported;
  const clientAuthentication = authenticationAs(oauth.clientAuthentication, taken);
  return {
    url: endpoint(connector, 'revocation_endpoint', metadata.revocation_endpoint, origins),
    method: 'POST',
    format: 'form',
    authenticateWith: 'client',
    takes: 'any',
    ends: 'token',
    clientAuthentication: clientAuthentication ?? undefined,
    parameterNames: {},
    tokenTypeHint: true,
    successWhen: undefined,
  };
}

/**
 * The connector with every endpoint written out. One that names an issuer under `discovery` is filled in with what the issuer publishes, so
 * that whatever works with endpoints need not know of discovery; any other comes back as it is. Twice is once.
 *
 * @throws ProviderError `unavailable` where the issuer does not answer, `rejected` where what it publishes must not be used
 */
export async function resolveEndpoints<Given extends Target>(egress: Requester, target: Given, timeoutMs?: number): Promise<Given> {
  const { connector } = target;
  const written = connector.auth.OAUTH2;
  if (written?.discovery === undefined) return target;
  const issuer = renderUrl(written.discovery.issuer, checkedValues(target, { whole: false }));
  const metadata = await serverMetadata(egress, connector, issuer, timeoutMs);
  const origins = originsFor(target, issuer);
  const clientAuthentication = authenticationAs(written.clientAuthentication, metadata.token_endpoint_auth_methods_supported);
  if (clientAuthentication === null) throw refuse(connector, `does not take ${written.clientAuthentication}`);
  const known = metadata.token_endpoint_auth_signing_alg_values_supported;
  const algorithms = written.clientAssertion.algorithms.filter((algorithm) => known?.includes(algorithm) ?? true);
  if (clientAuthentication === 'private_key_jwt' && algorithms.length === 0) throw refuse(connector, `verifies none of ${written.clientAssertion.algorithms.join(', ')}`);
  const asksForConsent = written.grantTypes.includes('authorization_code');
  if (asksForConsent && metadata.authorization_endpoint === undefined) throw refuse(connector, 'publishes no "authorization_endpoint"');
  const resolved: Oauth2Method = { ...written, clientAuthentication, clientAssertion: { ...written.clientAssertion, algorithms } };
  const OAUTH2: Oauth2Method = {
    ...resolved,
    discovery: undefined,
    issuer: literal(issuer),
    issuerRequired: written.issuerRequired || metadata.authorization_response_iss_parameter_supported === true,
    authorizeUrl: metadata.authorization_endpoint === undefined ? undefined : endpoint(connector, 'authorization_endpoint', metadata.authorization_endpoint, origins),
    tokenUrl: endpoint(connector, 'token_endpoint', metadata.token_endpoint, origins),
    pkce: pkceAs(connector, written.pkce, metadata.code_challenge_methods_supported),
    revocation: revocationAs(resolved, connector, metadata, origins),
  };
  return { ...target, connector: { ...connector, auth: { ...connector.auth, OAUTH2 } } };
}
