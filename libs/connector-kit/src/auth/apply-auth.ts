import { isHeaderText } from '@trunkline/catalog';
import type { Connector, Template } from '@trunkline/catalog';
import type { Credential } from '../credential.js';
import { ProviderError } from '../provider-error.js';
import { bindConnector } from '../render/bind-connector.js';
import type { BoundConnector, Target } from '../render/bind-connector.js';
import { renderText } from '../render/render-template.js';
import { percentEncoded } from '../render/render-url.js';

/** A request's URL and headers; names of headers in small letters. */
export interface Authorized {
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** The credential's texts by the name `{{credential.…}}` uses. */
function textsOf(credential: Credential): Record<string, string> {
  switch (credential.type) {
    case 'OAUTH2':
    case 'JWT_BEARER':
      return { access_token: credential.accessToken.reveal() };
    case 'SECRET_TEXT':
      return { secret_text: credential.secretText.reveal() };
    case 'BASIC_AUTH':
      return { username: credential.username, password: credential.password.reveal() };
    case 'CUSTOM_AUTH':
      return Object.fromEntries(Object.entries(credential.props).map(([name, value]) => [name, value.reveal()]));
    case 'KEY_PAIR':
    case 'NO_AUTH':
      return {};
  }
}

const unusable = (connector: Connector, why: string) => new ProviderError('unauthorized', `the credential for ${connector.name} ${why}`);

/** RFC 7617: the user name ends at the first colon, so it cannot hold one. */
function basicHeader(connector: Connector, username: string, password: string): string {
  if (username.includes(':')) throw unusable(connector, 'has a ":" in the user name, which Basic authentication cannot carry');
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** Where the credential goes, by the connector's data. */
function place({ connector, values }: BoundConnector, credential: Credential): { headers: [string, string][]; query: [string, string][] } {
  const method = Object.hasOwn(connector.auth, credential.type) ? connector.auth[credential.type] : undefined;
  if (method === undefined) throw unusable(connector, `is of the kind ${credential.type}, which it does not take`);
  if (credential.type === 'KEY_PAIR') throw unusable(connector, 'is an SSH key, which no HTTP request can carry');
  const all = { ...values, credential: textsOf(credential) };
  const fill = (templates: Readonly<Record<string, Template>>): [string, string][] =>
    Object.entries(templates).flatMap(([name, template]): [string, string][] => {
      const value = renderText(template, all);
      return value === undefined ? [] : [[name, value]];
    });

  if (credential.type === 'BASIC_AUTH') {
    const { username, password } = connector.auth.BASIC_AUTH!;
    return { headers: [['authorization', basicHeader(connector, renderText(username, all) ?? '', renderText(password, all) ?? '')]], query: [] };
  }
  const basic = credential.type === 'SECRET_TEXT' ? connector.auth.SECRET_TEXT!.basic : undefined;
  if (basic !== undefined) {
    const [username, password] = [renderText(basic.username, all), renderText(basic.password, all)];
    const missing = basic.username.variables.find(({ name }) => username === undefined && !all.inputs[name])?.name;
    if (username === undefined || password === undefined) throw unusable(connector, `is a password; it needs the input "${missing ?? 'user name'}" beside it`);
    return { headers: [['authorization', basicHeader(connector, username, password)]], query: [] };
  }
  if (credential.type === 'CUSTOM_AUTH') {
    const missing = connector.auth.CUSTOM_AUTH!.fields.find((field) => field.required && !Object.hasOwn(all.credential, field.name));
    if (missing) throw unusable(connector, `lacks "${missing.title}"`);
  }
  return 'headers' in method ? { headers: fill(method.headers), query: fill(method.query) } : { headers: [], query: [] };
}

/** Names of the query parameters that carry a credential: they are never kept with a page's address. */
export function credentialParameters(connector: Connector): ReadonlySet<string> {
  return new Set(Object.values(connector.auth).flatMap((method) => ('query' in method ? Object.keys(method.query) : [])));
}

/** Puts a credential into a request of an already bound connector. See {@link applyAuth}. */
export function authorize(bound: BoundConnector, credential: Credential, request: Authorized): Authorized {
  const url = new URL(request.url);
  if (!bound.allowedOrigins.includes(url.origin)) {
    throw new ProviderError('rejected', `${bound.connector.name}: a request to ${url.host} must not carry the credential; it is bound to ${bound.allowedOrigins.join(', ')}`);
  }
  const placed = place(bound, credential);
  const headers = { ...request.headers };
  for (const [name, value] of placed.headers) {
    if (!isHeaderText(value)) throw unusable(bound.connector, 'contains characters a header cannot hold (a line break from pasting?)');
    headers[name.toLowerCase()] = value;
  }
  if (placed.query.length === 0) return { url: request.url, headers };
  for (const [name] of placed.query) if (url.searchParams.has(name)) url.searchParams.delete(name);
  const pairs = placed.query.map(([name, value]) => `${percentEncoded(name, name)}=${percentEncoded(value, name)}`).join('&');
  return { url: `${url.href}${url.search === '' ? '?' : '&'}${pairs}`, headers };
}

/**
 * Adds a credential to a request, where the connector's definition says. Only for URLs at the connector's allowed origins.
 *
 * @throws ProviderError `rejected` for another origin or unfit inputs, `unauthorized` if the credential cannot be used as it is
 */
export const applyAuth = ({ credential, url, headers = {}, ...target }: Target & { credential: Credential; url: string; headers?: Readonly<Record<string, string>> }): Authorized =>
  authorize(bindConnector(target), credential, { url, headers: { ...headers } });
