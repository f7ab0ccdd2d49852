import { z } from 'zod';
import { errorCodes, httpError, type ErrorCode } from '@trunkline/contracts';
import { declaredEndpoints, type Endpoint } from '../http/endpoint.js';

type Json = Record<string, unknown>;

/** The schema as it is on the wire: a secret is a string there. */
const wire = (schema: z.ZodType): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' }) as Json;
  return rest;
};

const always: readonly ErrorCode[] = ['VALIDATION', 'SERVICE_UNAVAILABLE', 'INTERNAL'];
const withKey: readonly ErrorCode[] = ['AUTHENTICATION', 'AUTHORIZATION'];

function parameters(where: 'path' | 'query', schema: z.ZodType): Json[] {
  const described = wire(schema);
  const required = new Set((described.required as string[] | undefined) ?? []);
  return Object.entries((described.properties as Record<string, Json> | undefined) ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.has(name),
    schema: property,
  }));
}

function responses(endpoint: Endpoint): Json {
  const result: Record<string, Json> = {};
  const hasBody = !(endpoint.reply instanceof z.ZodVoid);
  result[String(endpoint.status)] = hasBody
    ? { description: 'Done', content: { 'application/json': { schema: wire(endpoint.reply) } } }
    : { description: endpoint.status === 302 ? 'Redirect' : 'Done' };
  for (const [status, description] of Object.entries(endpoint.otherStatuses ?? {})) result[status] = { description };
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...endpoint.errors, ...always, ...(endpoint.access.kind === 'key' ? withKey : [])])) {
    byStatus.set(errorCodes[code].status, [...(byStatus.get(errorCodes[code].status) ?? []), code]);
  }
  for (const [status, codes] of byStatus) {
    result[String(status)] = { description: codes.join(', '), content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };
  }
  return result;
}

function operation(endpoint: Endpoint): Json {
  const scope = endpoint.access.kind === 'key' ? endpoint.access.scope : undefined;
  return {
    tags: [endpoint.tag],
    operationId: `${endpoint.method.toLowerCase()}${endpoint.path.replaceAll(/[/:_-]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary: endpoint.summary,
    description: [endpoint.description, scope === undefined ? undefined : `Scope: \`${scope}\`.`].filter((part) => part !== undefined).join('\n\n') || undefined,
    security: endpoint.access.kind === 'public' ? [] : [{ apiKey: [] }, { bearer: [] }, { serviceToken: [] }],
    parameters: [...parameters('path', endpoint.params), ...parameters('query', endpoint.query)],
    ...(endpoint.body instanceof z.ZodUndefined ? {} : { requestBody: { required: false, content: { 'application/json': { schema: wire(endpoint.body) } } } }),
    responses: responses(endpoint),
  };
}

/** The OpenAPI 3.1 document of every declared route, made from the schemas that check the requests. */
export function openApiDocument(publicUrl: string, endpoints: readonly Endpoint[] = declaredEndpoints): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Trunkline', version: '1', description: 'Connect outside platforms, keep their credentials fresh, hand out tokens, sync data.' },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: { Error: wire(httpError) },
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer' },
        serviceToken: { type: 'apiKey', in: 'header', name: 'X-Services-Token' },
      },
    },
  };
}
