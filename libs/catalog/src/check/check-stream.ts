import type { Problem } from '../load/yaml-file.js';
import type { Connector } from '../schema/connector-schema.js';
import { pageVariables } from '../schema/pagination-schema.js';
import { isHttpStream } from '../schema/stream-schema.js';
import type { HttpStream, Stream } from '../schema/stream-schema.js';
import { checkDeletion } from './check-deletion.js';
import { checkInterpolation } from './check-interpolation.js';
import { checkStreamSpaces } from './check-stream-spaces.js';
import { checkUrlInputs, checkUrlsAllowed } from './check-urls.js';
import { checkVariables } from './check-variables.js';
import { variablesIn } from './variables-in.js';

function checkPageVariables(stream: HttpStream, used: ReadonlySet<string>): Problem[] {
  const { type } = stream.pagination;
  const { offered, needed } = pageVariables[type];
  const problems: Problem[] = [...used]
    .filter((name) => name.startsWith('page.') && !offered.includes(name.slice('page.'.length)))
    .map((name) => ({ path: ['request'], message: `{{${name}}} has no value with pagination "${type}"` }));
  if (needed !== null && !used.has(`page.${needed}`)) {
    problems.push({ path: ['request'], message: `pagination "${type}" needs {{page.${needed}}} somewhere in the request, or every page is the first` });
  }
  if (used.has('page.size') && stream.pagination.type !== 'none' && stream.pagination.pageSize === undefined) {
    problems.push({ path: ['pagination'], message: '{{page.size}} is used, so "page_size" must be given' });
  }
  if (type === 'graphql_cursor' && stream.request.body?.graphql === undefined) {
    problems.push({ path: ['pagination', 'type'], message: 'graphql_cursor needs a request with a "graphql" body' });
  }
  return problems;
}

function checkOrder(stream: HttpStream, used: ReadonlySet<string>): Problem[] {
  if (stream.incremental?.order !== 'ascending') return [];
  if (stream.pagination.type === 'none') return [{ path: ['incremental', 'order'], message: 'changes nothing with pagination "none"' }];
  return used.has('cursor.since') ? [] : [{ path: ['incremental', 'order'], message: 'needs {{cursor.since}} in the request, to go on by value' }];
}

function checkCursorVariables(stream: HttpStream, used: ReadonlySet<string>): Problem[] {
  const filters = used.has('cursor.since') || used.has('cursor.until');
  if (stream.incremental === undefined) {
    return filters ? [{ path: ['request'], message: '{{cursor.…}} has no value without "incremental"' }] : [];
  }
  return stream.incremental.mode === 'filter' && !filters
    ? [{ path: ['incremental', 'mode'], message: 'filter needs {{cursor.since}} somewhere in the request, or nothing is filtered' }]
    : [];
}

function checkHttpStream(stream: HttpStream, written: Readonly<Record<string, unknown>>, connector: Connector): Problem[] {
  const request = written['request'] as Record<string, unknown>;
  const used = new Set(variablesIn(request).flatMap(({ template }) => template.variables.map(({ space, name }) => `${space}.${name}`)));
  const url = stream.request.url === undefined ? [] : [{ path: ['request', 'url'], url: stream.request.url }];
  const path = stream.request.path === undefined ? [] : [{ path: ['request', 'path'], url: stream.request.path }];
  const { query, headers, body } = request;
  // What stands in XML is escaped there.
  const texts = stream.request.body?.xml === undefined ? { query, headers, body } : { query, headers };
  return [
    ...checkUrlInputs([...url, ...path], connector.inputs),
    ...checkUrlsAllowed(url, connector.allowedOrigins),
    ...checkPageVariables(stream, used),
    ...checkCursorVariables(stream, used),
    ...checkOrder(stream, used),
    ...checkStreamSpaces(stream, written, used),
    ...checkInterpolation(texts, connector.inputs, stream.incremental?.format).map((problem) => ({ ...problem, path: ['request', ...problem.path] })),
    ...checkInterpolation(written['add_fields'], connector.inputs, undefined).map((problem) => ({ ...problem, path: ['add_fields', ...problem.path] })),
  ];
}

/** A stream is read by the protocol the connection was verified with: one credential, one server. */
function checkProtocol(stream: Stream, { verification, baseUrl }: Connector): Problem[] {
  const scheme = /^(sftp|postgres|mysql):/.exec(baseUrl.source)?.[1] ?? 'http';
  const protocol = stream.protocol ?? 'http';
  if (protocol !== scheme) return [{ path: stream.protocol === undefined ? ['request'] : ['protocol'], message: `a stream of this connector is read by ${scheme}, as "base_url" says, not by ${protocol}` }];
  const verified = verification.protocol === 'sql' ? 'sql' : (verification.protocol ?? 'http');
  const needed = scheme === 'postgres' || scheme === 'mysql' ? 'sql' : scheme;
  return verified === needed ? [] : [{ path: stream.protocol === undefined ? ['request'] : ['protocol'], message: `needs "verification" with "protocol: ${needed}"` }];
}

/** What single fields of a stream's file cannot know of each other and of the connector. */
export function checkStream(stream: Stream, written: Readonly<Record<string, unknown>>, connector: Connector): Problem[] {
  return [
    ...checkProtocol(stream, connector),
    ...(connector.discovered ? [{ path: ['title'], message: 'a connector with "streams: discovered" has no stream files' }] : []),
    ...checkVariables(written, connector.inputs, connector.availableWhen),
    ...checkDeletion(stream),
    ...(isHttpStream(stream) ? checkHttpStream(stream, written, connector) : checkStreamSpaces(stream, written, new Set())),
  ];
}
