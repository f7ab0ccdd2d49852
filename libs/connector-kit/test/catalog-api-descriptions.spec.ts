import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { connectorsDirectory } from '@trunkline/catalog';
import type { Exchange } from './support/replay.js';

/**
 * What vendors themselves publish about their APIs, as excerpts beside the connectors: every request a fixture makes must be one the
 * description knows, and every answer it gives one the description allows. An exchange that is not described says why (`undescribed`).
 */
interface Described extends Exchange {
  undescribed?: string;
}
interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  required?: boolean;
  explode?: boolean;
  style?: string;
  schema?: Record<string, unknown>;
}
type Media = Record<string, { schema?: Record<string, unknown> }>;
interface Operation {
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Media };
  responses: Record<string, { $ref?: string; content?: Media }>;
}
interface Description {
  openapi: string;
  info: { title: string };
  paths: Record<string, Record<string, Operation> & { parameters?: Parameter[] }>;
}
const { templateFor } = (await import(new URL('../../../tools/catalog/api-description.mjs', import.meta.url).href)) as { templateFor(description: Description, method: string, url: string): string | null };

const json = <Value>(file: string): Value => JSON.parse(readFileSync(file, 'utf8')) as Value;
const described = readdirSync(connectorsDirectory).filter((id) => existsSync(join(connectorsDirectory, id, 'fixtures', 'api-description.json')));

interface Fixture {
  exchanges?: Described[];
  passes?: { exchanges: Described[] }[];
}
const exchangesOf = (id: string): [string, Described][] => {
  const folder = join(connectorsDirectory, id, 'fixtures');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !['tokens.json', 'api-description.json'].includes(name))
    .flatMap((name) => [json<Fixture | Fixture[]>(join(folder, name))].flat().flatMap((fixture) => [fixture, ...(fixture.passes ?? [])].flatMap(({ exchanges = [] }) => exchanges)).map((exchange): [string, Described] => [name, exchange]));
};

/** OpenAPI 3.0's `nullable` as JSON Schema has it; and `oneOf` as it is meant: the alternatives generators write often overlap. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...members } = Object.fromEntries(Object.entries(value).map(([name, member]) => [name === 'oneOf' && Array.isArray(member) ? 'anyOf' : name, asJsonSchema(member)]));
  if (nullable === undefined || typeof nullable === 'object') return { ...members, ...(nullable !== undefined && { nullable }) };
  return nullable === true ? { anyOf: [members, { type: 'null' }] } : members;
}

/** One document, with every schema in it at hand. */
class Document {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: 'array', validateFormats: false });

  constructor(
    readonly description: Description,
    private readonly id: string,
  ) {
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ ...description, $id: id }, id);
  }

  resolve<Value extends { $ref?: string }>(value: Value): Value {
    if (value.$ref === undefined) return value;
    const names = value.$ref.slice(2).split('/').map((name) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'));
    return this.resolve(names.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], this.description) as Value);
  }

  /** Problems of a value, in words. */
  problems(schema: Record<string, unknown>, value: unknown): string[] {
    // A reference inside is one of the document's.
    const check = this.#ajv.compile(JSON.parse(JSON.stringify(schema), (name, member: unknown) => (name === '$ref' && typeof member === 'string' && member.startsWith('#') ? `${this.id}${member}` : member)) as object);
    check(structuredClone(value));
    return (check.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  }
}

/** Of `filter[status]`, `fields[profile]` and `ids[]` the parameter that is meant. */
const named = (parameters: readonly Parameter[], name: string): Parameter | undefined =>
  parameters.find((parameter) => parameter.name === name) ?? parameters.find((parameter) => parameter.name === name.replace(/\[\]$/, '') || (parameter.style === 'deepObject' && name.startsWith(`${parameter.name}[`)));

function problemsOfQuery(document: Document, parameters: readonly Parameter[], url: URL): string[] {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const missing = inQuery.filter(({ name, required, schema }) => required === true && schema?.default === undefined && !url.searchParams.has(name)).map(({ name }) => `the query parameter ${name} is required`);
  const wrong = [...new Set(url.searchParams.keys())].flatMap((name) => {
    const parameter = named(inQuery, name);
    if (parameter === undefined) return [`the query parameter ${name} is not known`];
    if (parameter.style === 'deepObject') return [];
    const values = url.searchParams.getAll(name);
    const schema = document.resolve((parameter.schema ?? {}) as { $ref?: string; type?: unknown });
    const value = schema.type !== 'array' ? values[0] : parameter.explode === false ? values.flatMap((text) => text.split(',')) : values;
    return document.problems(parameter.schema ?? {}, value).map((problem) => `${name}=${values.join()}: ${problem}`);
  });
  return [...missing, ...wrong];
}

const schemaOf = (content: Media | undefined) => Object.entries(content ?? {}).find(([type]) => /\bjson\b/.test(type))?.[1].schema;

function problemsOf(documents: readonly Document[], { request, response, undescribed }: Described): string[] {
  if (undescribed !== undefined) return [];
  const document = documents.find(({ description }) => templateFor(description, request.method, request.url) !== null);
  if (document === undefined) return [`${request.method} ${request.url} is not described`];
  const item = document.description.paths[templateFor(document.description, request.method, request.url)!]!;
  const operation = item[request.method.toLowerCase()]!;
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) => document.resolve(parameter));
  const wanted = schemaOf(operation.requestBody?.content);
  const answer = document.resolve(operation.responses[String(response.status)] ?? operation.responses['2XX'] ?? operation.responses.default ?? {});
  const answered = schemaOf(answer.content);
  return [
    ...problemsOfQuery(document, parameters, new URL(request.url)),
    ...(wanted === undefined || request.json === undefined ? [] : document.problems(wanted, request.json).map((problem) => `body: ${problem}`)),
    ...(response.status >= 300 || answered === undefined ? [] : document.problems(answered, response.body).map((problem) => `answer: ${problem}`)),
  ];
}

it('is there for those who publish one', () => expect(described).toEqual(expect.arrayContaining(['figma', 'github', 'hubspot', 'klaviyo'])));

describe.each(described)('the API description of %s', (id) => {
  const documents = json<Description[]>(join(connectorsDirectory, id, 'fixtures', 'api-description.json')).map((description, index) => new Document(asJsonSchema(description) as Description, `https://descriptions.invalid/${id}/${index}`));

  it.each(exchangesOf(id).map(([file, exchange]) => [file, exchange.request.method, exchange.request.url, exchange] as const))('%s: %s %s', (_file, _method, _url, exchange) => {
    expect(problemsOf(documents, exchange)).toEqual([]);
  });
});
