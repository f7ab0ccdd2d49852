import { errorCodes, httpError } from '@trunkline/contracts';
import { declaredEndpoints, type Endpoint } from '../http/endpoint.js';
import { ErrorResponses } from './error-responses.js';
import { operation } from './operation.js';
import { WireSchemas, type Json } from './wire-schema.js';

const description = `Connect outside platforms, keep their credentials fresh, hand out tokens, sync data.

Every failure has one form, \`{ statusCode, code, params: { message, … }, requestId }\`; \`code\` is what to branch on. A path that is there for
other methods answers 405 \`METHOD_NOT_ALLOWED\` with \`Allow\`. Bodies are JSON; members that are not described here are refused.`;

const header = (name: string, about: string): Json => ({ type: 'apiKey', in: 'header', name, description: about });

/** The OpenAPI 3.1 document of every declared route, made from the schemas that check the requests. */
export function openApiDocument(publicUrl: string, endpoints: readonly Endpoint[] = declaredEndpoints): Json {
  const schemas = new WireSchemas();
  const errors = new ErrorResponses();
  schemas.of(httpError);
  errors.of(errorCodes.METHOD_NOT_ALLOWED.status, ['METHOD_NOT_ALLOWED']);
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint, schemas, errors) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Trunkline', version: '1', description, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: publicUrl }],
    tags: [...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: sorted(paths),
    components: {
      schemas: sorted(referredTo(schemas.components, [paths, errors.responses])),
      responses: sorted(errors.responses),
      examples: sorted(errors.examples),
      parameters: {
        ProjectId: {
          name: 'projectId',
          in: 'query',
          required: false,
          description: 'The project to work in, for keys and sessions that reach several. One that is not reached is not found.',
          schema: { type: 'string', minLength: 1, maxLength: 128 },
        },
        ProjectIdHeader: { name: 'x-project-id', in: 'header', required: false, description: 'The same as a header; both must agree.', schema: { type: 'string', minLength: 1, maxLength: 128 } },
      },
      securitySchemes: {
        apiKey: header('x-api-key', 'An API key.'),
        bearer: { type: 'http', scheme: 'bearer', description: 'A session\'s token, or an API key.' },
        session: { type: 'apiKey', in: 'cookie', name: 'trunkline_session', description: 'A person\'s session in a browser. What changes something must bring its csrfToken as x-csrf-token.' },
        serviceToken: header('X-Services-Token', 'For services and agents: an API key with `tokens:resolve`.'),
        reeveServiceToken: header('X-Reeve-Services-Token', 'Another name of X-Services-Token.'),
      },
    },
  };
}

const sorted = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> => Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));

/** Without those that only stand in full somewhere. */
function referredTo(components: Readonly<Record<string, Json>>, from: unknown): Record<string, Json> {
  const found = new Map<string, Json>();
  const follow = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      const component = components[name!];
      if (component === undefined || found.has(name!)) continue;
      found.set(name!, component);
      follow(component);
    }
  };
  follow(from);
  return Object.fromEntries(found);
}
