import { expectedIssuer, originOf, revocationEndpoint, tokenEndpoint, type Target } from '@trunkline/connector-kit';
import type { Connector } from '@trunkline/catalog';

type OriginTemplate = Connector['allowedOrigins'][number];

/** Inputs have been checked against their patterns before; what a template needs and does not have makes no origin. */
function originsOf(template: OriginTemplate, { inputs, settings }: Target): string[] {
  const values: Readonly<Record<string, Readonly<Record<string, string>>>> = { inputs, settings };
  const text = template.parts.map((part) => (typeof part === 'string' ? part : (values[part.space]?.[part.name] ?? ''))).join('');
  return URL.canParse(text) ? [originOf(text)] : [];
}

/**
 * Everywhere a secret of this connection may ever be sent: the connector's API and its OAuth endpoints, with the connection's inputs
 * filled in. Kept beside the secret, so that a catalog or an input that changes later cannot send it to another place (CORRECTNESS 1.2).
 *
 * @throws ProviderError `rejected` if the inputs do not fit the connector
 */
export function originsFor(target: Target): string[] {
  const { connector, inputs, settings } = target;
  const { OAUTH2, JWT_BEARER } = connector.auth;
  const endpoints = [
    // What an issuer publishes must be at its own origin or at an allowed one, so these two are all there can ever be.
    ...(OAUTH2?.discovery !== undefined ? [expectedIssuer(connector, inputs, settings)] : OAUTH2 === undefined ? [] : [tokenEndpoint(connector, inputs, settings), tokenEndpoint(connector, inputs, settings, 'refresh'), revocationEndpoint(connector, inputs, settings)]),
    ...(JWT_BEARER === undefined ? [] : [tokenEndpoint(connector, inputs, settings, 'assertion'), revocationEndpoint(connector, inputs, settings, 'JWT_BEARER')]),
  ];
  const origins = endpoints.flatMap((url) => (url === null ? [] : [originOf(url)]));
  return [...new Set([...connector.allowedOrigins.flatMap((template) => originsOf(template, target)), ...origins])];
}

/** Whether a tenant's connector may send a secret now to a place that it was not bound to when it was stored. */
export const leadsElsewhere = (target: Target, allowedOrigins: readonly string[]): boolean =>
  target.connector.owner !== undefined && originsFor(target).some((origin) => !allowedOrigins.includes(origin));

/** True if a URL is at one of the places the secret is bound to. */
export const isBoundTo = (allowedOrigins: readonly string[], url: string): boolean => URL.canParse(url) && allowedOrigins.includes(originOf(url));
