import { z } from 'zod';
import { errorCodes, type ErrorCode } from '@trunkline/contracts';
import type { Endpoint } from '../http/endpoint.js';
import type { Json } from './wire-schema.js';

const always: readonly ErrorCode[] = ['VALIDATION', 'RATE_LIMITED', 'SERVICE_UNAVAILABLE', 'INTERNAL'];
/** A project that the principal does not reach is not found, whatever is asked of it. */
const withKey: readonly ErrorCode[] = ['AUTHENTICATION', 'AUTHORIZATION', 'PERMISSION_DENIED', 'ENTITY_NOT_FOUND'];
const withBody: readonly ErrorCode[] = ['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

/** The codes an endpoint may answer, by status. */
export function errorsOf(endpoint: Endpoint): ReadonlyMap<number, readonly ErrorCode[]> {
  const byStatus = new Map<number, ErrorCode[]>();
  const add = (status: number, code: ErrorCode) => byStatus.set(status, [...new Set([...(byStatus.get(status) ?? []), code])].sort());
  const codes = [...endpoint.errors, ...always, ...(endpoint.access.kind === 'key' ? withKey : []), ...(endpoint.body instanceof z.ZodUndefined ? [] : withBody)];
  for (const code of codes) add(errorCodes[code].status, code);
  for (const [status, others] of Object.entries(endpoint.otherErrors ?? {})) for (const code of others) add(Number(status), code);
  return new Map([...byStatus].sort(([left], [right]) => left - right));
}

const pascal = (code: ErrorCode): string => code.split('_').map((word) => word.charAt(0) + word.slice(1).toLowerCase()).join('');

const headersOf: Readonly<Record<number, Json>> = {
  401: { 'WWW-Authenticate': { schema: { type: 'string' } } },
  405: { Allow: { description: 'The methods that are served at the path.', schema: { type: 'string' } } },
  429: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
  503: { 'Retry-After': { description: 'Seconds to wait, where they are known.', schema: { type: 'integer' } } },
};

const messages: Partial<Record<ErrorCode, Json>> = {
  VALIDATION: { message: 'displayName: Invalid input: expected string, received undefined', in: 'body', issues: [{ path: 'displayName', message: 'Invalid input: expected string, received undefined' }] },
  AUTHENTICATION: { message: 'The key is not valid.' },
  AUTHORIZATION: { message: 'The key lacks the scope connections:write.', scope: 'connections:write' },
  PERMISSION_DENIED: { message: 'Only the owner of the connection or an admin may do that.' },
  ENTITY_NOT_FOUND: { message: 'Connection not found', entityType: 'app_connection', entityId: 'conn_0199f3a1c2d77f0a9b1e5d3c8a6b4f20' },
  INVALID_APP_CONNECTION: { message: 'The provider refused the key (401).' },
  METHOD_NOT_ALLOWED: { message: 'This path takes GET, POST only.', allowed: ['GET', 'POST'] },
  RATE_LIMITED: { message: 'Too many requests. Try again in 12 seconds.', retryAfterSeconds: 12 },
  CREDENTIAL_COOLDOWN: { message: 'The last refresh failed; the next one is tried in 30 seconds.', retryAfterSeconds: 30 },
};

/** Error answers, each set of codes once. */
export class ErrorResponses {
  readonly responses: Record<string, Json> = {};
  readonly examples: Record<string, Json> = {};

  /** Refers to the answer of that status with those codes. */
  of(status: number, codes: readonly ErrorCode[]): Json {
    const name = `${status}${codes.map(pascal).join('')}`;
    for (const code of codes) this.#example(status, code);
    const headers = headersOf[status];
    this.responses[name] ??= {
      description: codes.map((code) => `\`${code}\``).join(', '),
      ...(headers === undefined ? {} : { headers }),
      content: {
        'application/json': {
          schema: { allOf: [{ $ref: '#/components/schemas/Error' }, { type: 'object', properties: { statusCode: { const: status }, code: { enum: codes } } }] },
          examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${exampleName(status, code)}` }])),
        },
      },
    };
    return { $ref: `#/components/responses/${name}` };
  }

  #example(status: number, code: ErrorCode): void {
    const params = messages[code] ?? { message: 'What was wrong, and what to do about it.' };
    this.examples[exampleName(status, code)] ??= {
      summary: `${code}${errorCodes[code].retryable ? ' (the same request may succeed later)' : ''}`,
      value: { statusCode: status, code, params, requestId: '9b2f6c1e-7d54-4a0b-8f3e-2c1d5a7e9b60' },
    };
  }
}

const exampleName = (status: number, code: ErrorCode): string => (errorCodes[code].status === status ? code : `${code}.${status}`);
