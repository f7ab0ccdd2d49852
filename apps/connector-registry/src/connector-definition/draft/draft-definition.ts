import { checkFolder, deepestDefinition, isDeeperThan, type PlacedProblem } from '@trunkline/catalog';
import { connectorDefinitions, connectorFolder, connectorId, type ConnectorFolder, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { requireTenant } from '../../access/require-tenant.js';
import { longestName } from '../connector-id.js';
import { Document, isObject, listOf, nameFrom, objectOf, textOf, type Json } from './document.js';
import { draftAuth } from './draft-auth.js';
import { draftServer } from './draft-servers.js';
import { draftStream } from './draft-stream.js';

type Contract = typeof connectorDefinitions.draft;

const mostStreams = 100;
const mostPaths = 5_000;
const mostNotes = 400;

/** A definition out of an OpenAPI document, which passes the check. What could not be known is guessed, and said. */
export function draftDefinition({ principal, openapi, name }: RequestOf<Contract>): ReplyOf<Contract> {
  requireTenant(principal, 'connections:write');
  requireOpenApi(openapi);
  const document = new Document(openapi);
  const notes: string[] = [];
  const { baseUrl, origin } = draftServer(document, notes);
  const info = objectOf(openapi['info']);
  const title = (textOf(info['title']) ?? 'API').replaceAll(/\{\{|\}\}/g, '').slice(0, 100);
  const streams = draftStreams(document, notes);
  notes.push('verification: the first list is asked for to see whether a credential works, and names no account; a path such as /me is better.');
  notes.push('rate_limit, latency: documents do not say; look them up.');
  const connector: Record<string, unknown> = {
    id: name ?? idFrom(title),
    name: title,
    category: 'custom',
    base_url: baseUrl,
    allowed_origins: [origin],
    auth: draftAuth(document, origin, notes),
    verification: {},
    rate_limit: { posture: 'Unknown; two requests a second. Retry-After is heeded.', api_budget: { requests: 2, per_seconds: 1, concurrency: 2 } },
    latency: 'Unknown.',
  };
  return { folder: passing({ connector, streams } as ConnectorFolder, notes), notes: notes.slice(0, mostNotes).map((note) => note.slice(0, 1_000)) };
}

function requireOpenApi(openapi: Json): void {
  const wrong = (message: string) => new AppError('VALIDATION', `openapi: ${message}.`, { params: { issues: [{ path: 'openapi', message }] } });
  if (isDeeperThan(openapi, 4 * deepestDefinition)) throw wrong('is nested too deep');
  if (!/^3\./.test(textOf(openapi['openapi']) ?? '')) throw wrong('must be an OpenAPI document of version 3 ("openapi": "3.…")');
  if (!isObject(openapi['paths'])) throw wrong('has no paths');
}

function idFrom(title: string): string {
  const id = nameFrom(title, longestName);
  return connectorId.safeParse(id).success ? id : 'api';
}

/** Every GET without variables in its path that answers a list. */
function draftStreams(document: Document, notes: string[]): Record<string, Json> {
  const streams: Record<string, Json> = {};
  const paths = Object.entries(objectOf(document.root['paths']));
  if (paths.length > mostPaths) notes.push(`Of ${paths.length} paths the first ${mostPaths} were looked at.`);
  let withVariables = 0;
  let beyond = 0;
  for (const [path, item] of paths.slice(0, mostPaths)) {
    const { get, parameters } = document.at(item);
    if (!isObject(get)) continue;
    if (/[{}]/.test(path)) {
      withVariables += 1;
      continue;
    }
    if (!/^\/[^\s?#\\]*$/.test(path) || path.length > 500) continue;
    const name = freeName(path, streams);
    const own: string[] = [];
    const stream = draftStream(document, { path, operation: get, parameters: listOf(parameters), name }, own);
    if (stream === null) continue;
    if (Object.keys(streams).length >= mostStreams) {
      beyond += 1;
      continue;
    }
    streams[name] = stream;
    notes.push(...own);
  }
  if (withVariables > 0) notes.push(`${withVariables} GET ${withVariables === 1 ? 'operation has' : 'operations have'} variables in the path and became no stream: a list below another one needs "parent".`);
  if (beyond > 0) notes.push(`There are ${beyond} more lists; a draft has ${mostStreams} streams at most.`);
  if (Object.keys(streams).length === 0) notes.push('streams: no GET operation answers a list that could be read.');
  return streams;
}

const versionPart = /^(?:v\d+(?:[._]\d+)*|api|rest|\d{4}[-_]\d\d(?:[-_]\d\d)?|latest)$/i;

/** The last part of the path, with those before it where another stream has that name. */
function freeName(path: string, taken: Readonly<Record<string, unknown>>): string {
  const parts = path.split('/').filter((part) => part !== '' && !versionPart.test(part)).map((part) => nameFrom(part, 40)).filter((part) => part !== '');
  for (let from = parts.length - 1; from >= 0; from -= 1) {
    const name = nameFrom(parts.slice(from).join('_'), 60);
    if (name !== '' && !Object.hasOwn(taken, name)) return name;
  }
  for (let number = 2; ; number += 1) {
    const name = `${nameFrom(parts.at(-1) ?? 'list', 50) || 'list'}_${number}`;
    if (!Object.hasOwn(taken, name)) return name;
  }
}

/** What the schema refuses of a draft is left out, stream by stream, and said: what a document may write has no end. */
function passing(drafted: ConnectorFolder, notes: string[]): ConnectorFolder {
  let folder = verified(drafted);
  for (let round = 0; round < 4; round += 1) {
    const { problems } = checkFolder(folder);
    if (problems.length === 0) return connectorFolder.parse(folder);
    const wrong = new Set(problems.flatMap(({ path }) => /^streams\.([a-z0-9_]+)/.exec(path)?.[1] ?? []));
    if (wrong.size > 0) {
      for (const name of wrong) notes.push(`streams.${name}: was left out: ${said(problems.filter(({ path }) => path.startsWith(`streams.${name}`)))}`);
      folder = verified({ ...folder, streams: Object.fromEntries(Object.entries(folder.streams).filter(([name]) => !wrong.has(name))) });
      continue;
    }
    if (!problems.some(({ path }) => path.startsWith('connector: auth')) || round > 1) throw refused(problems);
    notes.push(`auth: was replaced by a guessed bearer token: ${said(problems)}`);
    folder = { ...folder, connector: { ...folder.connector, auth: { SECRET_TEXT: { headers: { Authorization: 'Bearer {{credential.secret_text}}' } } } } };
  }
  throw refused(checkFolder(folder).problems);
}

/** Whether a credential works is asked of the first list there is. */
function verified({ connector, streams }: ConnectorFolder): ConnectorFolder {
  const path = textOf(objectOf(objectOf(Object.values(streams)[0])['request'])['path']) ?? '/';
  return { connector: { ...connector, verification: { request: { path }, answer: 'any' } }, streams };
}

const said = (problems: readonly PlacedProblem[]): string => problems.slice(0, 3).map(({ path, message }) => `${path} ${message}`).join('; ');
const refused = (problems: readonly PlacedProblem[]): AppError => new AppError('VALIDATION', `No definition could be made of this document: ${said(problems)}.`, { params: { issues: problems.slice(0, 20) } });
