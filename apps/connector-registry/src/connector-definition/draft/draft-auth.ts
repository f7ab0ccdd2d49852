import { isObject, listOf, nameFrom, objectOf, textOf, type Document, type Json } from './document.js';

type Auth = Record<string, Json>;

const tokenHeader = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const transportHeaders = /^(?:host|content-length|content-type|transfer-encoding|connection|upgrade|expect|te|trailer|proxy-.*)$/i;
const bearer = { headers: { Authorization: 'Bearer {{credential.secret_text}}' } };
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Ways to connect, out of `securitySchemes`. One of each kind there is here. */
export function draftAuth(document: Document, origin: string, notes: string[]): Auth {
  const schemes = Object.entries(objectOf(document.at(document.root['components'])['securitySchemes'])).slice(0, 50).map(([name, scheme]): [string, Json] => [name, document.at(scheme)]);
  const auth: Auth = {};
  const take = (method: string, value: Json, name: string) => {
    if (auth[method] === undefined) auth[method] = value;
    else notes.push(`auth: the security scheme "${name}" is another ${method}, of which there can be one; it was left out.`);
  };
  const keys: { name: string; in: string; parameter: string }[] = [];
  for (const [name, scheme] of schemes) {
    const type = textOf(scheme['type']);
    const way = textOf(scheme['scheme'])?.toLowerCase();
    if (type === 'oauth2') draftOauth(scheme, origin, name, notes, take);
    else if (type === 'http' && way === 'bearer') take('SECRET_TEXT', bearer, name);
    else if (type === 'http' && way === 'basic') take('BASIC_AUTH', {}, name);
    else if (type === 'apiKey' && keyFits(scheme)) keys.push({ name, in: textOf(scheme['in'])!, parameter: textOf(scheme['name'])! });
    else notes.push(`auth: the security scheme "${name.slice(0, 64)}" (${(type ?? 'of no type').slice(0, 32)}) has no counterpart here; it was left out.`);
  }
  takeKeys(keys, take);
  if (Object.keys(auth).length > 0) return auth;
  notes.push('auth: the document does not say how to connect; a bearer token is guessed.');
  return { SECRET_TEXT: bearer };
}

function keyFits({ in: place, name }: Json): boolean {
  const parameter = textOf(name);
  if (parameter === undefined || parameter.length > 128) return false;
  return place === 'query' || (place === 'header' && tokenHeader.test(parameter) && !transportHeaders.test(parameter));
}

/** One key is a secret text; several at once are fields of their own. */
function takeKeys(keys: readonly { name: string; in: string; parameter: string }[], take: (method: string, value: Json, name: string) => void): void {
  const placed = (values: readonly [{ in: string; parameter: string }, string][], place: string) => Object.fromEntries(values.filter(([key]) => key.in === place).map(([key, variable]) => [key.parameter, `{{credential.${variable}}}`]));
  const method = (values: readonly [{ in: string; parameter: string }, string][]) => ({ headers: placed(values, 'header'), query: placed(values, 'query') });
  if (keys.length === 1) return take('SECRET_TEXT', method([[keys[0]!, 'secret_text']]), keys[0]!.name);
  if (keys.length === 0) return;
  const named = keys.slice(0, 16).map((key, index): [{ in: string; parameter: string }, string, string] => [key, `${/^[a-z]/.test(nameFrom(key.name, 40)) ? nameFrom(key.name, 40) : 'key'}_${index + 1}`, key.name.slice(0, 100)]);
  take('CUSTOM_AUTH', { fields: named.map(([, name, title]) => ({ name, title })), ...method(named.map(([key, name]) => [key, name])) }, keys[0]!.name);
}

function draftOauth(scheme: Json, origin: string, name: string, notes: string[], take: (method: string, value: Json, name: string) => void): void {
  const flows = objectOf(scheme['flows']);
  const [code, client] = [flows['authorizationCode'], flows['clientCredentials']];
  const flow = isObject(code) ? code : isObject(client) ? client : undefined;
  const tokenUrl = httpsUrl(flow?.['tokenUrl'], origin);
  const authorizeUrl = httpsUrl(flow?.['authorizationUrl'], origin);
  if (flow === undefined || tokenUrl === undefined || (isObject(code) && authorizeUrl === undefined)) {
    notes.push(`auth: the OAuth scheme "${name.slice(0, 64)}" has no flow with addresses that could be used; it was left out.`);
    return;
  }
  const grants = [...(isObject(code) ? ['authorization_code'] : []), ...(isObject(client) ? ['client_credentials'] : [])];
  const scopes = Object.keys(objectOf(flow['scopes'])).filter((scope) => scopeToken.test(scope));
  notes.push('auth.OAUTH2: that PKCE is supported and the client is authenticated by client_secret_post is guessed; documents do not say.');
  if (scopes.length > 0) notes.push(`auth.OAUTH2.scopes: none are asked for yet. The document knows ${scopes.slice(0, 20).join(', ')}${scopes.length > 20 ? ' and more' : ''}; take those your streams need.`);
  const refresh = textOf(flow['refreshUrl']) === undefined ? undefined : httpsUrl(flow['refreshUrl'], origin);
  take('OAUTH2', {
    ...(isObject(code) ? { authorize_url: authorizeUrl } : {}),
    token_url: tokenUrl,
    ...(refresh === undefined || refresh === tokenUrl ? {} : { refresh_url: refresh }),
    grant_types: grants,
    pkce: 'supported',
    client_authentication: 'client_secret_post',
    headers: { Authorization: 'Bearer {{credential.access_token}}' },
  }, name);
}

function httpsUrl(value: unknown, origin: string): string | undefined {
  const text = textOf(value);
  if (text === undefined || text.length > 2_000 || !URL.canParse(text, origin)) return undefined;
  const url = new URL(text, origin);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.href.includes('{')) return undefined;
  url.hash = '';
  return url.href.replace(/\/$/, '');
}

/** Scopes an operation says it needs, as far as they are scopes. */
export const scopesOf = (operation: Json): string[] => [
  ...new Set(listOf(operation['security']).slice(0, 10).flatMap((one) => Object.values(objectOf(one)).flatMap((scopes) => listOf(scopes).filter((scope): scope is string => typeof scope === 'string' && scopeToken.test(scope) && scope.length <= 256)))),
].slice(0, 64);
