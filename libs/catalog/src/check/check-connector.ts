import type { Problem } from '../load/yaml-file.js';
import type { Connector } from '../schema/connector-schema.js';
import { fitsPattern } from '../schema/pattern.js';
import { parseTemplate } from '../template/template.js';
import type { Template } from '../template/template.js';
import { checkAuth } from './check-auth.js';
import { checkInterpolation } from './check-interpolation.js';
import { checkUrlInputs, checkUrlsAllowed } from './check-urls.js';
import type { PlacedUrl } from './check-urls.js';
import { checkVariables } from './check-variables.js';

const placed = (path: readonly PropertyKey[], url: Template | undefined): PlacedUrl[] => (url === undefined ? [] : [{ path, url }]);

function checkNames(connector: Connector): Problem[] {
  const names = connector.inputs.map((input) => input.name);
  return names.flatMap((name, index) => (names.indexOf(name) === index ? [] : [{ path: ['inputs', index, 'name'], message: `"${name}" is declared twice` }]));
}

const serverScheme = /^(sftp|postgres|mysql):/;

/** The server of an SFTP connector or a database as the origin that must be allowed. */
function server({ verification, baseUrl }: Connector): PlacedUrl[] {
  if (verification.protocol !== 'sftp' && verification.protocol !== 'sql') return [];
  const scheme = verification.protocol === 'sftp' ? 'sftp' : (serverScheme.exec(baseUrl.source)?.[1] ?? 'postgres');
  return [{ path: ['verification', 'host'], url: parseTemplate(`${scheme}://${verification.host.source}:${verification.port.source}`) }];
}

/** A database is signed in to by user and password; and only a database has tables that can be discovered. */
function checkDatabase({ auth, verification, baseUrl, discovered }: Connector): Problem[] {
  const isDatabase = /^(?:postgres|mysql):/.test(baseUrl.source);
  if (isDatabase !== (verification.protocol === 'sql')) return [{ path: ['verification', 'protocol'], message: 'sql goes with a base_url of postgres:// or mysql://, and these with it' }];
  if (!isDatabase) return discovered ? [{ path: ['streams'], message: 'only the tables of a database can be discovered' }] : [];
  return Object.keys(auth)
    .filter((method) => method !== 'BASIC_AUTH')
    .map((method) => ({ path: ['auth', method], message: 'cannot be used with a database; there is BASIC_AUTH' }));
}

/** An account known by an input is known by one that is always there. */
function checkAccount({ inputs, verification }: Connector): Problem[] {
  const idInput = 'account' in verification ? verification.account.idInput : undefined;
  if (idInput === undefined || inputs.some(({ name, required }) => name === idInput && required)) return [];
  return [{ path: ['verification', 'account', 'id_input'], message: `"${idInput}" is not a required input` }];
}

/** A default is what a person could have given. */
function checkDefaults({ inputs }: Connector): Problem[] {
  return inputs.flatMap(({ default: value, pattern, filledBy }, index) => {
    const path = ['inputs', index, 'default'];
    if (value === undefined) return [];
    if (filledBy !== 'person') return [{ path, message: 'is of no use where the provider gives the value' }];
    return pattern === undefined || fitsPattern(pattern, value) ? [] : [{ path, message: `must match ${pattern}` }];
  });
}

const lookupPath = ['auth', 'OAUTH2', 'capture', 'lookup', 'request'];

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((part, name) => (part as Record<string, unknown> | undefined)?.[name], value);

/** What single fields of `connector.yaml` cannot know of each other. `written` is the file's value as it stands there. */
export function checkConnector(connector: Connector, written: Readonly<Record<string, unknown>>): Problem[] {
  const { inputs, auth, verification } = connector;
  const request = 'request' in verification ? verification.request : undefined;
  const toProvider = [...placed(['base_url'], connector.baseUrl), ...placed(['verification', 'request', 'url'], request?.url), ...server(connector), ...placed([...lookupPath, 'url'], auth.OAUTH2?.capture.lookup?.request.url)];
  const urls = [
    ...toProvider,
    ...placed(['verification', 'request', 'path'], request?.path),
    ...connector.allowedOrigins.flatMap((origin, index) => placed(['allowed_origins', index], origin)),
    ...placed(['auth', 'OAUTH2', 'authorize_url'], auth.OAUTH2?.authorizeUrl),
    ...placed(['auth', 'OAUTH2', 'token_url'], auth.OAUTH2?.tokenUrl),
    ...placed(['auth', 'OAUTH2', 'refresh_url'], auth.OAUTH2?.refreshUrl),
    ...placed(['auth', 'OAUTH2', 'issuer'], auth.OAUTH2?.issuer),
    ...placed(['auth', 'OAUTH2', 'discovery', 'issuer'], auth.OAUTH2?.discovery?.issuer),
    ...placed(['auth', 'OAUTH2', 'revocation', 'url'], auth.OAUTH2?.revocation?.url),
    ...placed(['auth', 'JWT_BEARER', 'token_url'], auth.JWT_BEARER?.tokenUrl),
    ...placed(['auth', 'JWT_BEARER', 'revocation', 'url'], auth.JWT_BEARER?.revocation?.url),
  ];
  const partsOf = (path: readonly string[]) => {
    const { query, headers, body } = (at(written, path) ?? {}) as Record<string, unknown>;
    return { query, headers, body };
  };
  const within = (path: readonly PropertyKey[]) => (problem: Problem) => ({ ...problem, path: [...path, ...problem.path] });
  return [
    ...checkNames(connector),
    ...checkDefaults(connector),
    ...checkAccount(connector),
    ...checkVariables(written, inputs, connector.availableWhen),
    ...checkUrlInputs(urls, inputs),
    ...checkUrlsAllowed(toProvider, connector.allowedOrigins),
    ...checkAuth(connector),
    ...checkDatabase(connector),
    ...[['verification', 'request'], lookupPath].flatMap((path) => checkInterpolation(partsOf(path), inputs, undefined).map(within(path))),
    ...checkInterpolation(written['headers'], inputs, undefined).map(within(['headers'])),
  ];
}
