import type { Problem } from '../load/yaml-file.js';
import type { Connector } from '../schema/connector-schema.js';
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

/** What single fields of `connector.yaml` cannot know of each other. `written` is the file's value as it stands there. */
export function checkConnector(connector: Connector, written: Readonly<Record<string, unknown>>): Problem[] {
  const { inputs, auth, verification } = connector;
  const verificationUrl = placed(['verification', 'request', 'url'], verification.request.url);
  const toProvider = [...placed(['base_url'], connector.baseUrl), ...verificationUrl];
  const urls = [
    ...toProvider,
    ...placed(['verification', 'request', 'path'], verification.request.path),
    ...connector.allowedOrigins.flatMap((origin, index) => placed(['allowed_origins', index], origin)),
    ...placed(['auth', 'OAUTH2', 'authorize_url'], auth.OAUTH2?.authorizeUrl),
    ...placed(['auth', 'OAUTH2', 'token_url'], auth.OAUTH2?.tokenUrl),
    ...placed(['auth', 'OAUTH2', 'refresh_url'], auth.OAUTH2?.refreshUrl),
    ...placed(['auth', 'OAUTH2', 'issuer'], auth.OAUTH2?.issuer),
    ...placed(['auth', 'OAUTH2', 'revocation', 'url'], auth.OAUTH2?.revocation?.url),
  ];
  const { query, headers, body } = (written['verification'] as { request: Record<string, unknown> }).request;
  const within = (path: readonly PropertyKey[]) => (problem: Problem) => ({ ...problem, path: [...path, ...problem.path] });
  return [
    ...checkNames(connector),
    ...checkVariables(written, inputs, connector.availableWhen),
    ...checkUrlInputs(urls, inputs),
    ...checkUrlsAllowed(toProvider, connector.allowedOrigins),
    ...checkAuth(connector),
    ...checkInterpolation({ query, headers, body }, inputs, undefined).map(within(['verification', 'request'])),
    ...checkInterpolation(written['headers'], inputs, undefined).map(within(['headers'])),
  ];
}
