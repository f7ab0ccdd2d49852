import { scopesOf } from './draft-auth.js';
import { listOf, objectOf, textOf, type Document, type Json } from './document.js';
import { draftPagination, type ListAnswer } from './draft-pagination.js';

/** Members that hold the records, the likeliest first. */
const recordMembers = ['results', 'data', 'items', 'records', 'value', 'values', 'entries', 'elements', 'list', 'objects', 'content', 'rows'];
const keys = ['id', '_id', 'uuid', 'guid', 'gid', 'key', 'uid', 'code', 'number', 'name'];

interface Records {
  readonly path: string;
  /** What a record is; nothing if the document does not say. */
  readonly record: unknown;
}

/** A list that can be read, out of one operation; null if it answers no list. */
export function draftStream(document: Document, { path, operation, parameters, name }: { path: string; operation: Json; parameters: readonly unknown[]; name: string }, notes: string[]): Json | null {
  const response = document.at(goodResponse(objectOf(operation['responses'])));
  const schema = jsonSchema(document, response);
  const found = schema === undefined ? { path: '', record: undefined } : recordsIn(document, schema, name);
  if (found === null) return null;
  if (schema === undefined) notes.push(`streams.${name}: the document does not say what is answered; that it is the array of records itself is guessed.`);

  const query = new Map<string, Json>();
  const missing: string[] = [];
  for (const parameter of [...parameters, ...listOf(operation['parameters'])].slice(0, 200).map((one) => document.at(one))) {
    const parameterName = textOf(parameter['name']);
    if (parameterName === undefined || parameterName.length > 256) continue;
    if (parameter['in'] === 'query') query.set(parameterName, { ...parameter, schema: document.at(parameter['schema']) });
    if (parameter['required'] === true && (parameter['in'] === 'query' || parameter['in'] === 'header')) missing.push(parameterName);
  }
  const { pagination, query: asked, guess } = draftPagination(query, answerOf(document, schema), Object.keys(objectOf(response['headers'])).some((header) => header.toLowerCase() === 'link'));
  notes.push(`streams.${name}: read ${guess}.`);
  const left = missing.filter((one) => !Object.hasOwn(asked, one));
  if (left.length > 0) notes.push(`streams.${name}: ${left.slice(0, 10).join(', ')} must be sent and ${left.length === 1 ? 'has' : 'have'} no value yet.`);

  return {
    title: title(operation, name),
    request: { path, ...(Object.keys(asked).length === 0 ? {} : { query: asked }) },
    record_selector: { path: found.path },
    primary_key: [keyOf(document, found.record, name, notes)],
    pagination,
    ...(scopesOf(operation).length === 0 ? {} : { scopes: scopesOf(operation) }),
  };
}

const title = (operation: Json, name: string): string => (textOf(operation['summary']) ?? name.replaceAll('_', ' ')).replaceAll(/\{\{|\}\}/g, '').slice(0, 100);

const goodResponse = (responses: Json): unknown => responses['200'] ?? responses['206'] ?? responses['2XX'] ?? responses['default'];

function jsonSchema(document: Document, response: Json): Json | undefined {
  const content = Object.entries(objectOf(response['content'])).slice(0, 50);
  const json = content.find(([media]) => /json/i.test(media)) ?? content.find(([media]) => media === '*/*');
  const schema = json === undefined ? undefined : document.at(objectOf(json[1])['schema']);
  return schema === undefined || Object.keys(schema).length === 0 ? undefined : schema;
}

/** Where the records are: the answer itself, or a member that is a list, or one below it. */
function recordsIn(document: Document, schema: Json, name: string): Records | null {
  if (isList(schema)) return { path: '', record: document.at(schema['items']) };
  const members = document.properties(schema);
  const lists = listsOf(members);
  const direct = choose(lists, name);
  if (direct !== undefined) return { path: direct, record: document.at(members.get(direct)!['items']) };
  for (const [member, value] of members) {
    if (member.includes('.')) continue;
    const below = document.properties(value);
    const inner = choose(listsOf(below).filter((one) => recordMembers.includes(one) || one === name), name);
    if (inner !== undefined) return { path: `${member}.${inner}`, record: document.at(below.get(inner)!['items']) };
  }
  return null;
}

const isList = (schema: Json): boolean => schema['type'] === 'array' || (Array.isArray(schema['type']) && schema['type'].includes('array'));
const listsOf = (members: ReadonlyMap<string, Json>): string[] => [...members].filter(([member, value]) => isList(value) && member !== '' && member !== '*' && !member.includes('.') && member.length <= 256).map(([member]) => member);
const choose = (lists: readonly string[], name: string): string | undefined => recordMembers.find((member) => lists.includes(member)) ?? lists.find((member) => member.toLowerCase() === name) ?? (lists.length === 1 ? lists[0] : undefined);

function answerOf(document: Document, schema: Json | undefined): ListAnswer {
  if (schema === undefined || isList(schema)) return { members: new Map() };
  const below = ([member, value]: [string, Json]): [string, ReadonlyMap<string, Json> | null] => {
    const own = document.properties(value);
    // A member of its own members, such as paging.next.after.
    const deeper = new Map([...own].flatMap(([inner, part]) => [[inner, part] as const, ...[...document.properties(part).keys()].map((last) => [`${inner}.${last}`, part] as const)]));
    return [member, value['type'] === undefined || value['type'] === 'object' || own.size > 0 ? deeper : null];
  };
  return { members: new Map([...document.properties(schema)].map(below)) };
}

function keyOf(document: Document, record: unknown, name: string, notes: string[]): string {
  const members = document.properties(record);
  const singular = name.replace(/ies$/, 'y').replace(/s$/, '');
  const likely = [...keys.slice(0, 5), `${singular}_id`, `${singular}Id`, ...keys.slice(5)];
  const known = likely.find((key) => members.has(key)) ?? [...members.keys()].find((key) => /(?:_id|Id|ID)$/.test(key) && !key.includes('.'));
  notes.push(known === undefined ? `streams.${name}: that records are told apart by "id" is guessed; the document names no such member.` : `streams.${name}: that records are told apart by "${known}" is guessed by its name.`);
  return known ?? 'id';
}
