import { z } from 'zod';
import { answersJson, type Endpoint } from '../http/endpoint.js';
import { formType } from '../http/require-media-type.js';
import { errorsOf, type ErrorResponses } from './error-responses.js';
import { operationIdOf } from './operation-id.js';
import type { Json, WireSchemas } from './wire-schema.js';

const projectId = { $ref: '#/components/parameters/ProjectId' };
const projectIdHeader = { $ref: '#/components/parameters/ProjectIdHeader' };

function parameters(where: 'path' | 'query', schema: z.ZodType, schemas: WireSchemas): Json[] {
  const described = schemas.inFull(schema);
  const required = new Set((described.required as string[] | undefined) ?? []);
  return Object.entries((described.properties as Record<string, Json> | undefined) ?? {}).map(([name, { description, ...property }]) => ({
    name,
    in: where,
    required: where === 'path' || required.has(name),
    ...(description === undefined ? {} : { description }),
    schema: property,
  }));
}

function allParameters(endpoint: Endpoint, schemas: WireSchemas): Json[] {
  const query = parameters('query', endpoint.query, schemas);
  const ofTenant = endpoint.access.kind === 'key' ? [...(query.some(({ name }) => name === 'projectId') ? [] : [projectId]), projectIdHeader] : [];
  return [...parameters('path', endpoint.params, schemas), ...query, ...ofTenant];
}

function requestBody(endpoint: Endpoint, schemas: WireSchemas): Json {
  if (endpoint.body instanceof z.ZodUndefined) return {};
  const schema = endpoint.projectInBody === true ? schemas.withProject(endpoint.body) : schemas.of(endpoint.body);
  return { requestBody: { required: !endpoint.body.safeDecode({}).success, content: { [endpoint.form === true ? formType : 'application/json']: { schema } } } };
}

function answer(endpoint: Endpoint, schemas: WireSchemas): Json {
  if (answersJson(endpoint)) return { description: 'Done', content: { 'application/json': { schema: schemas.of(endpoint.reply) } } };
  if (endpoint.status === 303) return redirect('To the consent screen, or the return URL');
  if (endpoint.media !== undefined) return { description: 'Done', content: { [endpoint.media]: { schema: { type: 'string' } } } };
  return endpoint.status === 302 ? redirect('To the consent screen') : { description: 'Done' };
}

const redirect = (description: string): Json => ({ description, headers: { Location: { schema: { type: 'string', format: 'uri' } } } });

function responses(endpoint: Endpoint, schemas: WireSchemas, errors: ErrorResponses): Json {
  const others = Object.entries(endpoint.otherStatuses ?? {}).map(([status, description]) => [status, status.startsWith('30') && status !== '304' ? redirect(description) : { description }]);
  const refusals = [...errorsOf(endpoint)].map(([status, codes]) => [String(status), errors.of(status, codes)]);
  return Object.fromEntries([[String(endpoint.status), answer(endpoint, schemas)], ...others, ...refusals]) as Json;
}

/** An endpoint as an Operation Object (OpenAPI 3.1 §4.8.10). */
export function operation(endpoint: Endpoint, schemas: WireSchemas, errors: ErrorResponses): Json {
  const scope = endpoint.access.kind === 'key' ? endpoint.access.scope : undefined;
  const description = [endpoint.description, scope === undefined ? undefined : `Scope: \`${scope}\`.`].filter((part) => part !== undefined).join('\n\n');
  return {
    tags: [endpoint.tag],
    operationId: operationIdOf(endpoint),
    summary: endpoint.summary,
    ...(description === '' ? {} : { description }),
    security: endpoint.access.kind === 'public' ? [] : [{ apiKey: [] }, { bearer: [] }, ...(endpoint.access.cookie === false ? [] : [{ session: [] }]), { serviceToken: [] }, { reeveServiceToken: [] }],
    parameters: allParameters(endpoint, schemas),
    ...requestBody(endpoint, schemas),
    responses: responses(endpoint, schemas, errors),
  };
}
