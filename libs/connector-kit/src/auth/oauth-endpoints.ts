import { fitsPattern } from '@trunkline/catalog';
import type { Connector, JwtBearerMethod, Oauth2Method } from '@trunkline/catalog';
import { ProviderError } from '../provider-error.js';
import { checkedValues } from '../render/bind-connector.js';
import { renderUrl } from '../render/render-url.js';

type Values = Readonly<Record<string, string>>;

/** The connector's OAuth definition. Throws ProviderError `rejected` if it has none. */
export function oauthOf(connector: Connector): Oauth2Method {
  if (connector.auth.OAUTH2 === undefined) throw new ProviderError('rejected', `${connector.name} does not connect by OAuth`);
  return connector.auth.OAUTH2;
}

/** The connector's definition of assertions (RFC 7523). Throws ProviderError `rejected` if it has none. */
export function assertionOf(connector: Connector): JwtBearerMethod {
  if (connector.auth.JWT_BEARER === undefined) throw new ProviderError('rejected', `${connector.name} does not connect by signed assertions`);
  return connector.auth.JWT_BEARER;
}

/** Which of a connector's ways to connect an access token came by. */
export type TokenMethod = 'OAUTH2' | 'JWT_BEARER';

/** Inputs that only the token answer or the callback brings may still be missing at these. */
const valuesFor = (connector: Connector, inputs: Values, settings: Values) => checkedValues({ connector, inputs, settings }, { whole: false });

/** Where a person is sent for consent. @throws ProviderError `rejected` without one or with unfit inputs. */
export function authorizeEndpoint(connector: Connector, inputs: Values, settings: Values): string {
  const { authorizeUrl } = oauthOf(connector);
  if (authorizeUrl === undefined) throw new ProviderError('rejected', `${connector.name} has no consent page: it connects by client credentials`);
  return renderUrl(authorizeUrl, valuesFor(connector, inputs, settings));
}

/** Where a code, (`refresh`) a refresh token or (`assertion`) a signed assertion becomes an access token. @throws ProviderError `rejected` with unfit inputs. */
export function tokenEndpoint(connector: Connector, inputs: Values, settings: Values, purpose: 'grant' | 'refresh' | 'assertion' = 'grant'): string {
  if (purpose === 'assertion') return renderUrl(assertionOf(connector).tokenUrl, valuesFor(connector, inputs, settings));
  const { tokenUrl, refreshUrl } = oauthOf(connector);
  const url = purpose === 'refresh' ? (refreshUrl ?? tokenUrl) : tokenUrl;
  if (url === undefined) throw new ProviderError('rejected', `the endpoints of ${connector.name} are published by its issuer and have not been looked up`);
  return renderUrl(url, valuesFor(connector, inputs, settings));
}

/** Where tokens are revoked; null if the provider offers nothing. Without a client id it is good enough to judge the host by. @throws ProviderError `rejected` with unfit inputs. */
export function revocationEndpoint(connector: Connector, inputs: Values, settings: Values, method: TokenMethod = 'OAUTH2', clientId = 'client-id'): string | null {
  const { revocation } = method === 'OAUTH2' ? oauthOf(connector) : assertionOf(connector);
  return revocation === undefined ? null : renderUrl(revocation.url, { ...valuesFor(connector, inputs, settings), app: { client_id: clientId } });
}

/** The authorization server's identifier, to compare with `iss` at the callback (RFC 9207); null if it is not known. */
export function expectedIssuer(connector: Connector, inputs: Values, settings: Values): string | null {
  const { discovery, issuer = discovery?.issuer } = oauthOf(connector);
  return issuer === undefined ? null : renderUrl(issuer, valuesFor(connector, inputs, settings));
}

/** The least scopes for these streams (default: all of the connector), without repeats. Unknown stream names add nothing. */
export function scopesFor(connector: Connector, streams: readonly string[] = [...connector.streams.keys()]): string[] {
  return [...new Set([...oauthOf(connector).scopes, ...streams.flatMap((name) => connector.streams.get(name)?.scopes ?? [])])];
}

/**
 * Scopes parted by the token they are for: those that begin with the second token's name and a colon are its own, beside what it is always
 * asked for.
 */
export function scopesByToken({ tokenResponse: { second } }: Oauth2Method, scopes: readonly string[]): { readonly first: string[]; readonly second: string[] } {
  if (second === undefined) return { first: [...scopes], second: [] };
  const prefix = `${second.name}:`;
  const [first, seconds] = [scopes.filter((scope) => !scope.startsWith(prefix)), scopes.filter((scope) => scope.startsWith(prefix))];
  return { first, second: [...new Set([...second.scopes, ...seconds.map((scope) => scope.slice(prefix.length))])] };
}

/**
 * The way a client's assertion is addressed: to the token endpoint, whichever endpoint it is sent to (RFC 7523 §3), or to the issuer.
 * @throws ProviderError `rejected` with unfit inputs
 */
export function assertionAudience(connector: Connector, inputs: Values, settings: Values): string {
  const issuer = oauthOf(connector).clientAssertion.audience === 'issuer' ? expectedIssuer(connector, inputs, settings) : null;
  return issuer ?? tokenEndpoint(connector, inputs, settings);
}

/** What an assertion asks for: the scopes of the connector and of all its streams, without repeats. */
export const assertionScopes = (connector: Connector): string[] => [
  ...new Set([...assertionOf(connector).scopes, ...[...connector.streams.values()].flatMap(({ scopes }) => scopes ?? [])]),
];

/** Parameters of the consent URL that this provider wants besides the standard ones. */
export const authorizeParams = (connector: Connector): Readonly<Record<string, string>> => oauthOf(connector).authorizeParams;

/**
 * Inputs that the callback's query brings (QuickBooks: `realmId`). Values that do not match the input's pattern are left out: they
 * come through a person's browser.
 */
export function captureFromCallback(connector: Connector, query: Readonly<Record<string, string>>): Record<string, string> {
  return fitting(
    connector,
    Object.entries(oauthOf(connector).capture.callback).map(([input, parameter]) => [input, Object.hasOwn(query, parameter) ? query[parameter] : undefined]),
  );
}

/** Those values that are there and match the pattern of the input they are for. */
export function fitting(connector: Connector, values: readonly (readonly [string, unknown])[]): Record<string, string> {
  const patterns = new Map(connector.inputs.map(({ name, pattern }) => [name, pattern]));
  return Object.fromEntries(
    values.flatMap(([name, value]) => {
      const text = typeof value === 'number' ? String(value) : value;
      const pattern = patterns.get(name);
      const fits = typeof text === 'string' && text !== '' && text.length <= 2_048 && (pattern === undefined || fitsPattern(pattern, text));
      return fits ? [[name, text]] : [];
    }),
  );
}
