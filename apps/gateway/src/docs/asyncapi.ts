import { z } from 'zod';
import { DEAD, deadLetter, deadLetterType, EVENTS, eventContracts, maxBatchBytes, recordBatch, recordBatchType, RECORDS, replayHeader, type StreamDefinition } from '@trunkline/contracts';
import { exampleOf } from './example-of.js';
import type { Json } from './wire-schema.js';

const description = `What Trunkline tells on NATS JetStream: the records it reads, the facts about connections, and what could not be handled.

Every message is a CloudEvent 1.0 in binary mode: the attributes are NATS headers (\`ce-*\`), the body is the data as JSON. Delivery is at least once and
in the order of the stream for one consumer that works on one message at a time; see docs/analytics-stream.md.`;

/** The contract takes records unjudged, because one bad record must not refuse the others; this is what they are. */
const sourceRecord = z.object({
  op: z.enum(['upsert', 'delete']),
  key: z.string().min(1).describe('Names the record within (connectionId, stream).'),
  version: z.int().min(0).describe('Of two records with one key the higher version wins, whatever order they come in.'),
  data: z.record(z.string(), z.json()).nullable().describe('The row as the provider sent it; null for a delete.'),
});
const documentedBatch = recordBatch.extend({ records: z.array(sourceRecord) });

const batchExample = {
  projectId: 'proj_0199f3a1c2d77f0a9b1e5d3c8a6b4f20',
  connectionId: 'conn_0199f3a1c2d77f0a9b1e5d3c8a6b4f20',
  connector: 'hubspot',
  runId: 'run_0199f3a1c2d77f0a9b1e5d3c8a6b4f20',
  stream: 'contacts',
  generation: 7,
  sequence: 12,
  records: [
    { op: 'upsert', key: '501', version: 469762048, data: { id: '501', email: 'ada@example.com' } },
    { op: 'delete', key: '502', version: 469762049, data: null },
  ],
};

/** JSON schema as AsyncAPI has it (draft 7); the only thing that refers to itself is "any JSON value". */
function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, definitions: __, ...described } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'output',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // The format says the same in less than three hundred characters.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  }) as Json;
  return open(described) as Json;
}

/** Further members may come in a later version: a consumer ignores what it does not know. */
function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value) return { $ref: '#/components/schemas/JsonValue' };
  return Object.fromEntries(Object.entries(value).flatMap(([name, item]) => (name === 'additionalProperties' && item === false ? [] : [[name, open(item)]])));
}

interface Told {
  readonly name: string;
  readonly type: string;
  readonly address: string;
  readonly parameters?: Record<string, Json>;
  readonly stream: StreamDefinition;
  readonly producers: readonly string[];
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly example?: unknown;
}

const camel = (subject: string): string => subject.replace(/^evt\./, '').replace(/\.v1$/, '').replaceAll(/[._](\w)/g, (_, letter: string) => letter.toUpperCase());

const told: readonly Told[] = [
  {
    name: 'recordBatch',
    type: recordBatchType,
    address: 'rec.{project}.{connector}.{stream}',
    parameters: { project: { description: 'Id of the project.' }, connector: { description: 'Id of the connector, e.g. `hubspot`.' }, stream: { description: 'A stream of the connector, e.g. `contacts`.' } },
    stream: RECORDS,
    producers: ['sync-orchestrator'],
    summary: `Records of one page, at most ${maxBatchBytes / 1024} KiB.`,
    schema: documentedBatch,
    example: batchExample,
  },
  ...eventContracts.map((event): Told => ({ name: camel(event.subject), type: event.subject, address: event.subject, stream: EVENTS, producers: event.producers, summary: `Told by ${event.producers.join(', ')}.`, schema: event.data })),
  {
    name: 'deadLetter',
    type: deadLetterType,
    address: 'dead.{subject}',
    parameters: { subject: { description: 'The subject of the message that was put aside, dots and all.' } },
    stream: DEAD,
    producers: ['connector-registry', 'oauth-broker', 'token-refresher', 'sync-orchestrator', 'analytics-sink'],
    summary: 'A message that a consumer could not handle, with the reason.',
    schema: deadLetter,
  },
];

function messageOf({ name, type, producers, summary, schema, example }: Told): Json {
  const payload = schemaOf(schema);
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': 'evt_0199f3a1c2d77f0a9b1e5d3c8a6b4f20',
    'ce-type': type,
    'ce-source': `/trunkline/${producers[0]}`,
    'ce-time': '2026-01-31T09:30:00.000Z',
    'content-type': 'application/json',
  };
  return {
    name: type,
    summary,
    contentType: 'application/json',
    headers: { allOf: [{ $ref: '#/components/schemas/CloudEvent' }, { type: 'object', properties: { 'ce-type': { const: type }, 'ce-source': { enum: producers.map((service) => `/trunkline/${service}`) } } }] },
    payload,
    examples: [{ name, headers, payload: example ?? exampleOf(payload) }],
  };
}

/** The AsyncAPI 3.0 document of the records, events and dead letters, made from the schemas that check them. */
export function asyncApiDocument(): Json {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Trunkline', version: '1', description, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: { nats: { host: 'nats.example.com:4222', protocol: 'nats', description: 'NATS with JetStream. One user per consumer, with its own durable consumer.', security: [{ $ref: '#/components/securitySchemes/user' }] } },
    channels: Object.fromEntries(
      told.map(({ name, address, parameters, stream, summary }) => [
        name,
        {
          address,
          summary,
          description: `On the JetStream stream ${stream.name}, which keeps a message for at most ${stream.maxAgeMs / 86_400_000} days.`,
          ...(parameters === undefined ? {} : { parameters }),
          messages: { [name]: { $ref: `#/components/messages/${name}` } },
        },
      ]),
    ),
    operations: Object.fromEntries(
      told.map(({ name, summary }) => [`tell${name.charAt(0).toUpperCase()}${name.slice(1)}`, { action: 'send', summary, channel: { $ref: `#/channels/${name}` }, messages: [{ $ref: `#/channels/${name}/messages/${name}` }] }]),
    ),
    components: {
      messages: Object.fromEntries(told.map((one) => [one.name, messageOf(one)])),
      schemas: {
        JsonValue: { description: 'Any JSON value.' },
        CloudEvent: {
          type: 'object',
          description: 'CloudEvents 1.0 attributes, as NATS headers.',
          required: ['ce-specversion', 'ce-id', 'ce-type', 'ce-source', 'ce-time', 'content-type'],
          properties: {
            'ce-specversion': { const: '1.0' },
            'ce-id': { type: 'string', minLength: 1, description: 'The same at every delivery.' },
            'ce-type': { type: 'string' },
            'ce-source': { type: 'string', description: 'The service: `/trunkline/<service>`.' },
            'ce-time': { type: 'string', format: 'date-time' },
            'ce-subject': { type: 'string', description: 'What it is about, mostly a connection.' },
            'content-type': { const: 'application/json' },
            [replayHeader]: { type: 'string', description: 'On a message that was replayed: the one durable consumer that is meant.' },
          },
        },
      },
      securitySchemes: { user: { type: 'userPassword', description: 'A user of the NATS server: `npm run sink -- user <name>`.' } },
    },
  };
}
