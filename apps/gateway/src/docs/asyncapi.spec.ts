import { createRequire } from 'node:module';
import { Ajv, type AnySchemaObject } from 'ajv';
import { deadLetter, eventContracts, recordBatch } from '@trunkline/contracts';
import { asyncApiDocument } from './asyncapi.js';

type Json = Record<string, unknown>;
const load = createRequire(import.meta.url);
const document = asyncApiDocument() as Json & { channels: Record<string, { address: string }>; components: { messages: Record<string, Json & { name: string; headers: Json; payload: Json; examples: { headers: Json; payload: Json }[] }> } };
const messages = Object.values(document.components.messages);

describe('the description of what is told on the bus', () => {
  it('is valid AsyncAPI 3.0', () => {
    // The schema brings the meta-schema of JSON schema along; Ajv has one of its own.
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, meta: false, validateSchema: false });
    const valid = ajv.compile(load('@asyncapi/specs/schemas/3.0.0.json') as AnySchemaObject);
    expect({ valid: valid(document), errors: valid.errors }).toEqual({ valid: true, errors: null });
    // The check itself does check.
    expect(valid({ ...document, channels: [] })).toBe(false);
  });

  it('names every event, the records and the dead letters, each once', () => {
    const addresses = Object.values(document.channels).map(({ address }) => address).sort();
    expect(addresses).toEqual([...eventContracts.map(({ subject }) => subject), 'rec.{project}.{connector}.{stream}', 'dead.{subject}'].sort());
  });

  it('refers only to what is there', () => {
    for (const [, path] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      expect({ path, target: path!.split('/').reduce<unknown>((place, name) => (place as Json | undefined)?.[name], document) }).toEqual({ path, target: expect.anything() as unknown });
    }
  });

  it.each(messages)('has an example that the contract and the schema take: $name', ({ name, payload, headers, examples }) => {
    const contract = { 'trunkline.record.batch.v1': recordBatch, 'trunkline.dead_letter.v1': deadLetter }[name] ?? eventContracts.find(({ subject }) => subject === name)!.data;
    const [example] = examples;
    expect(contract.safeParse(example!.payload).error?.message).toBeUndefined();
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const schema = (inner: Json) => ajv.compile({ ...inner, components: document.components } as AnySchemaObject);
    const fits = schema(payload);
    expect({ fits: fits(example!.payload), errors: fits.errors }).toEqual({ fits: true, errors: null });
    const named = schema(headers);
    expect({ fits: named(example!.headers), errors: named.errors }).toEqual({ fits: true, errors: null });
  });
});
