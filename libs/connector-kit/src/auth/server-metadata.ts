import type { Connector } from '@trunkline/catalog';
import { z } from 'zod';
import type { Requester } from '../answer/ask-provider.js';
import { egressFailure } from '../answer/egress-failure.js';
import { ProviderError } from '../provider-error.js';

const url = z.string().min(1).max(2_048);
const names = z.array(z.string().max(128)).max(64);

/** What we use of an authorization server's metadata (RFC 8414 §2); the rest is left out. */
const metadata = z.object({
  issuer: url,
  authorization_endpoint: url.optional(),
  token_endpoint: url,
  revocation_endpoint: url.optional(),
  code_challenge_methods_supported: names.optional(),
  token_endpoint_auth_methods_supported: names.optional(),
  token_endpoint_auth_signing_alg_values_supported: names.optional(),
  revocation_endpoint_auth_methods_supported: names.optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});
export type ServerMetadata = z.output<typeof metadata>;

const maxBytes = 256 * 1024;
const keptMs = 10 * 60_000;
/** Issuers can be as many as inputs of connections; the oldest go first. */
const mostKept = 1_000;

interface Kept {
  readonly until: number;
  readonly document: Promise<ServerMetadata>;
}
/** Public documents, by the way out they came: each process asks again after ten minutes. */
const kept = new WeakMap<Requester, Map<string, Kept>>();

/** OpenID Connect Discovery §4 puts the name after the issuer's path, RFC 8414 §3 before it. */
function addressesOf(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/+$/, '');
  return [`${origin}${path}/.well-known/openid-configuration`, `${origin}/.well-known/oauth-authorization-server${path}`];
}

/**
 * What an issuer publishes of itself. Failures are not kept.
 *
 * @throws ProviderError `unavailable`, or `rejected` if it publishes nothing, or something for another issuer
 */
export function serverMetadata(egress: Requester, connector: Connector, issuer: string, timeoutMs = 10_000): Promise<ServerMetadata> {
  const ours = kept.get(egress) ?? new Map<string, Kept>();
  kept.set(egress, ours);
  const known = ours.get(issuer);
  if (known !== undefined && known.until > performance.now()) return known.document;
  const document = fetchMetadata(egress, connector, issuer, timeoutMs);
  ours.delete(issuer);
  ours.set(issuer, { until: performance.now() + keptMs, document });
  const [oldest] = ours.keys();
  if (ours.size > mostKept && oldest !== undefined) ours.delete(oldest);
  document.catch(() => {
    if (ours.get(issuer)?.document === document) ours.delete(issuer);
  });
  return document;
}

async function fetchMetadata(egress: Requester, { name }: Connector, issuer: string, timeoutMs: number): Promise<ServerMetadata> {
  for (const address of addressesOf(issuer)) {
    const { status, text } = await get(egress, name, address, timeoutMs);
    if (status === 404) continue;
    if (status !== 200) throw new ProviderError(status >= 500 || status === 429 ? 'unavailable' : 'rejected', `${name} does not publish its endpoints (${status})`, { status });
    const read = metadata.safeParse(parsed(text));
    if (!read.success) throw new ProviderError('rejected', `${name} publishes its endpoints in a form that is not understood`, { status });
    // RFC 8414 §3.3: to the letter, or one server could speak for another.
    if (read.data.issuer !== issuer) throw new ProviderError('rejected', `${name} publishes endpoints of another issuer than ${issuer}`, { status });
    return read.data;
  }
  throw new ProviderError('rejected', `${name} does not publish its endpoints at ${issuer}`, { status: 404 });
}

async function get(egress: Requester, name: string, address: string, timeoutMs: number): Promise<{ status: number; text: string }> {
  try {
    const response = await egress.request({ method: 'GET', url: address, headers: { accept: 'application/json' }, timeoutMs, maxBytes, allowedOrigins: [new URL(address).origin], redirect: 'error' });
    return { status: response.status, text: response.text() };
  } catch (error) {
    throw egressFailure(error, name);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
