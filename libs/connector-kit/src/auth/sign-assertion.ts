import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Secret } from '@trunkline/contracts';
import type { JwtBearerMethod, SignatureAlgorithm, Template } from '@trunkline/catalog';
import { SignJWT } from 'jose';
import { ProviderError } from '../provider-error.js';
import { checkedValues } from '../render/bind-connector.js';
import type { Target } from '../render/bind-connector.js';
import { renderText } from '../render/render-template.js';
import { assertionOf, assertionScopes, tokenEndpoint } from './oauth-endpoints.js';
import { fittingAlgorithm } from './signature-algorithm.js';

export interface AssertionRequest extends Target {
  /** The credential's fields. */
  readonly props: Readonly<Record<string, Secret>>;
  readonly privateKey: KeyObject;
  /** What the key was made for; used where the connector takes it. */
  readonly algorithm?: string;
  /** Milliseconds since 1970, for tests. */
  readonly now?: number;
}

/** Clocks differ: an assertion that seems to come from the future is refused by most servers. It ends no later for it. */
const skewSeconds = 30;

/** @throws ProviderError `rejected` if the connector takes no algorithm of this key */
function algorithmFor(name: string, { algorithms }: JwtBearerMethod, key: KeyObject, wanted: string | undefined): SignatureAlgorithm {
  const chosen = fittingAlgorithm(algorithms, key, wanted);
  if (chosen === undefined) throw new ProviderError('rejected', `${name} takes assertions signed with ${algorithms.join(', ')}, for which this key is of the wrong kind`);
  return chosen;
}

/** @throws ProviderError `rejected` for fields that are missing or that the connector does not have */
function checkedProps(name: string, { fields }: JwtBearerMethod, props: Readonly<Record<string, Secret>>): Record<string, string> {
  const missing = fields.find((field) => field.required && !Object.hasOwn(props, field.name));
  if (missing) throw new ProviderError('rejected', `${name}: "${missing.name}" (${missing.title}) is missing`);
  const names = fields.map((field) => field.name);
  const unknown = Object.keys(props).find((prop) => !names.includes(prop));
  if (unknown !== undefined) throw new ProviderError('rejected', `${name} has no field of that name; it has ${names.join(', ') || 'none'}`);
  return Object.fromEntries(Object.entries(props).map(([prop, value]) => [prop, value.reveal()]));
}

/**
 * Signs an assertion (RFC 7523 §3) for one request: it names issuer, subject and audience, lives for minutes, and its random `jti` makes
 * it of use once.
 *
 * @throws ProviderError `rejected` if key, fields or inputs do not fit the connector
 */
export async function signAssertion({ props, privateKey, algorithm, now = Date.now(), ...target }: AssertionRequest): Promise<Secret> {
  const { connector, inputs, settings } = target;
  const method = assertionOf(connector);
  const values = { ...checkedValues(target, { whole: false }), credential: checkedProps(connector.name, method, props) };
  const text = (template: Template | undefined): string | undefined => (template === undefined ? undefined : renderText(template, values));
  const issuer = text(method.issuer);
  if (issuer === undefined) throw new ProviderError('rejected', `${connector.name}: the issuer has no value`);
  const subject = method.subject === undefined ? issuer : text(method.subject);
  const scopes = assertionScopes(connector);
  const issuedAt = Math.floor(now / 1_000) - skewSeconds;
  const keyId = text(method.keyId);
  const extra = Object.entries(method.claims).flatMap(([name, template]) => {
    const value = text(template);
    return value === undefined ? [] : [[name, value] as const];
  });
  const claims = {
    ...Object.fromEntries(extra),
    ...(method.scopeIn === 'claim' && scopes.length > 0 && { scope: scopes.join(method.scopeSeparator) }),
    iss: issuer,
    ...(subject !== undefined && { sub: subject }),
    aud: text(method.audience) ?? tokenEndpoint(connector, inputs, settings, 'assertion'),
    iat: issuedAt,
    exp: issuedAt + method.lifetimeSeconds,
    jti: randomBytes(16).toString('base64url'),
  };
  const header = { alg: algorithmFor(connector.name, method, privateKey, algorithm), typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) };
  return new Secret(await new SignJWT(claims).setProtectedHeader(header).sign(privateKey));
}
