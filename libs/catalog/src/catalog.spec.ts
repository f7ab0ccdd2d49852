import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectorSummary } from '@trunkline/contracts';
import type { z } from 'zod';
import { authMethodsOf, connectorsDirectory, describeConnector, isHttpStream, loadCatalog, parseConnector, UnknownConnectorError } from './index.js';
import { connectorDefinition } from './schema/connector-schema.js';
import { streamDefinition } from './schema/stream-schema.js';

const settings = { sandbox_url: 'http://127.0.0.1:4400' };
const folders = readdirSync(connectorsDirectory, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'));
const readText = (...path: string[]) => readFileSync(join(connectorsDirectory, ...path), 'utf8');

describe('the catalog as it comes', () => {
  const catalog = loadCatalog({ settings });

  it('is valid, every connector of it, and offers all with their settings given', () => {
    expect(catalog.list().map(({ id }) => id)).toEqual(folders.map(({ name }) => name).sort());
  });

  it.each(folders.map(({ name }) => name))('%s has a README of one screen, a plain logo and a fixture for each stream', (id) => {
    expect(readText(id, 'README.md').split('\n').length).toBeLessThanOrEqual(60);
    const logo = readText(id, 'logo.svg');
    expect(logo).toMatch(/^<svg [^>]*viewBox=/);
    expect(logo).not.toMatch(/<script|<foreignObject|\bon\w+=|href=|url\(|<!/i);
    for (const stream of catalog.get(id).streams.keys()) expect(existsSync(join(connectorsDirectory, id, 'fixtures', `${stream}.json`))).toBe(true);
  });

  it('is told in docs/connectors.md, each connector with its names, ways to connect and inputs', () => {
    const lines = readFileSync(join(connectorsDirectory, '..', '..', '..', 'docs', 'connectors.md'), 'utf8').split('\n');
    for (const connector of catalog.list()) {
      const line = lines.find((text) => text.startsWith(`| ${connector.name} | \`${connector.id}\``)) ?? '';
      const words = [...connector.aliases, ...authMethodsOf(connector), ...connector.inputs.map(({ name }) => name)];
      expect([connector.id, words.filter((word) => !line.includes(`\`${word}\``))]).toEqual([connector.id, []]);
    }
  });

  it('describes every connector as the contract says', () => {
    for (const connector of catalog.list()) expect(connectorSummary.parse(describeConnector(connector))).toEqual(describeConnector(connector));
  });

  it('is shared, so nobody can change it', () => {
    const connector = catalog.get('sandbox_crm');
    expect(Object.isFrozen(connector)).toBe(true);
    const contacts = connector.streams.get('contacts')!;
    expect(isHttpStream(contacts) && Object.isFrozen(contacts.request.query)).toBe(true);
  });
});

describe('what is offered', () => {
  it('leaves out connectors whose setting is not given, or empty, or only inherited', () => {
    const offered = (given: Record<string, string>) => loadCatalog({ settings: given }).list().filter(({ availableWhen }) => availableWhen !== undefined);
    expect(offered(settings)).not.toEqual([]);
    expect(offered({})).toEqual([]);
    expect(offered({ sandbox_url: '' })).toEqual([]);
    expect(offered(Object.create(settings) as Record<string, string>)).toEqual([]);
    expect(() => loadCatalog().get('sandbox_crm')).toThrow(UnknownConnectorError);
  });
});

describe('finding a connector', () => {
  const catalog = loadCatalog({ settings });

  it.each(['sandbox_crm', '@activepieces/piece-sandbox-crm', '@activepieces/piece-sandbox_crm'])('by %s', (name) => {
    expect(catalog.find(name)?.id).toBe('sandbox_crm');
  });

  it.each(['', 'SANDBOX_CRM', 'sandbox', '__proto__', 'constructor', 'toString', '@activepieces/piece-__proto__', '@activepieces/piece-', '@evil/piece-sandbox-crm'])(
    'finds nothing by "%s"',
    (name) => {
      expect(catalog.find(name)).toBeUndefined();
      expect(() => catalog.get(name)).toThrow(UnknownConnectorError);
    },
  );

  it('takes aliases to find, but only ids to get', () => {
    const template = { name: 'connector.yaml', text: readText('_template', 'connector.yaml') };
    const connector = parseConnector({ id: 'example', definition: template, streams: new Map() });
    expect(connector.aliases).toEqual(['example_ads']);
  });
});

/** All field names of a schema, however deep. */
function fieldNames(schema: z.core.$ZodType, found = new Set<string>(), visited = new Set<unknown>()): Set<string> {
  if (visited.has(schema)) return found;
  visited.add(schema);
  const definition = schema._zod.def as unknown as Record<string, unknown>;
  if (definition['type'] === 'object') for (const name of Object.keys(definition['shape'] as object)) found.add(name);
  const children = [definition['in'], definition['out'], definition['innerType'], definition['element'], definition['valueType']];
  const shaped = definition['type'] === 'object' ? Object.values(definition['shape'] as object) : [];
  const options = (definition['options'] as unknown[] | undefined) ?? [];
  const lazy = definition['type'] === 'lazy' ? [(definition['getter'] as () => unknown)()] : [];
  for (const child of [...children, ...shaped, ...options, ...lazy]) if (child) fieldNames(child as z.core.$ZodType, found, visited);
  return found;
}

describe('the template for new connectors', () => {
  const definition = readText('_template', 'connector.yaml');
  const stream = readText('_template', 'streams', 'example.yaml');

  it('is itself valid', () => {
    const connector = parseConnector({
      id: 'example',
      definition: { name: 'connector.yaml', text: definition },
      streams: new Map([['example', { name: 'streams/example.yaml', text: stream }]]),
    });
    expect(connector.streams.get('example')?.title).toBe('Examples');
  });

  it('names every field there is', () => {
    expect(fieldNames(connectorDefinition).size).toBeGreaterThan(60);
    const names = [...fieldNames(connectorDefinition), ...fieldNames(streamDefinition)];
    const missing = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(stream + definition));
    expect(missing).toEqual([]);
  });
});
