import { createParamDecorator, Delete, Get, HttpCode, Post, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ErrorCode, Principal, Scope } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { invalid } from '@trunkline/messaging';
import { queryValues } from './query-values.js';
import { refuseHostile } from './refuse-hostile.js';
import { requestedProject } from './requested-project.js';

/** How a route lets callers in: with a key or a session (and a scope), or anyone. `cookie: false`: a browser's session cookie is not enough. */
export type Access = { readonly kind: 'key'; readonly scope?: Scope; readonly cookie?: false } | { readonly kind: 'public' };

/**
 * A route as a value: what it takes, what it answers, who may call it. Validation, the guard and the OpenAPI document are all made
 * from it, so they cannot disagree.
 */
export interface Endpoint<Params extends z.ZodType = z.ZodType, Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Fastify's notation: `/api/connectors/:type/auth`. */
  readonly path: string;
  /** Its name in the API's description and in clients: a verb and a noun, `listAppConnections`. Left out: made from method and path. */
  readonly operation?: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly reply: Reply;
  readonly status: number;
  /** Codes worth telling apart, besides VALIDATION, AUTHENTICATION, AUTHORIZATION, SERVICE_UNAVAILABLE and INTERNAL. */
  readonly errors: readonly ErrorCode[];
  /** Answers other than `status` and errors, e.g. a redirect. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
  /** Codes that come with another status than their own. */
  readonly otherErrors?: Readonly<Record<number, readonly ErrorCode[]>>;
  /** The body may name a project as the query may (the reference sends it there). The schema does not mention it. */
  readonly projectInBody?: boolean;
  /** The media type of an answer that is not JSON; the handler sends it as it is. `text/html`: a page, whose failures are pages too. */
  readonly media?: string;
  /** The body comes from a form of a page of ours (application/x-www-form-urlencoded), and from nowhere else: no JSON. */
  readonly form?: boolean;
}

const nothing = z.strictObject({});

type Parts = { params?: z.ZodType; query?: z.ZodType; body?: z.ZodType; reply?: z.ZodType; status?: number; errors?: readonly ErrorCode[]; access?: Access };
type Plain = Pick<Endpoint, 'method' | 'path' | 'operation' | 'tag' | 'summary' | 'description' | 'otherStatuses' | 'otherErrors' | 'projectInBody' | 'media' | 'form'>;
type Or<Given, Default> = Given extends z.ZodType ? Given : Default;

export function endpoint<const Spec extends Plain & Parts>(
  spec: Spec,
): Endpoint<Or<Spec['params'], typeof nothing>, Or<Spec['query'], typeof nothing>, Or<Spec['body'], z.ZodUndefined>, Or<Spec['reply'], z.ZodVoid>> {
  return { params: nothing, query: nothing, body: z.undefined(), reply: z.void(), status: 200, errors: [], access: { kind: 'key' }, ...spec } as never;
}

/** What a handler is given. `principal` is null on public routes only. */
export interface CallOf<E extends Endpoint> {
  readonly principal: Principal;
  readonly params: z.output<E['params']>;
  readonly query: z.output<E['query']>;
  readonly body: z.output<E['body']>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export const ENDPOINT = 'trunkline:endpoint';
/** Every route that was declared, for the OpenAPI document. */
export const declaredEndpoints: Endpoint[] = [];

const verbs = { GET: Get, POST: Post, DELETE: Delete } as const;

type Handler = (this: unknown, call: CallOf<Endpoint>) => unknown;

/** The endpoint a request was routed to; undefined if none of ours was found. */
export const endpointOfRequest = ({ method, routeOptions }: Pick<FastifyRequest, 'method' | 'routeOptions'>): Endpoint | undefined =>
  routeOptions.url === undefined ? undefined : declaredEndpoints.find((declared) => declared.method === method && declared.path === routeOptions.url);

/** True if the answer is JSON made from the reply's schema. */
export const answersJson = ({ reply }: Pick<Endpoint, 'reply'>): boolean => !(reply instanceof z.ZodVoid);

/**
 * Serves an {@link Endpoint} with a controller's method. What the method returns is brought into its documented form: what the schema
 * does not name does not leave.
 */
export function Serve(definition: Endpoint): MethodDecorator {
  declaredEndpoints.push(definition);
  return (target, key, descriptor) => {
    const method = descriptor.value as Handler | undefined;
    if (method !== undefined && answersJson(definition)) {
      const served: Handler = async function serve(call) {
        const value = await method.call(this, call);
        return value === undefined ? undefined : z.encode(definition.reply, value as never);
      };
      descriptor.value = served as never;
    }
    SetMetadata(ENDPOINT, definition)(target, key, descriptor);
    HttpCode(definition.status)(target, key, descriptor);
    verbs[definition.method](definition.path)(target, key, descriptor);
  };
}

export const endpointOf = (context: ExecutionContext): Endpoint | undefined => Reflect.getMetadata(ENDPOINT, context.getHandler()) as Endpoint | undefined;

/** The request, checked against the endpoint's schemas. */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext): CallOf<Endpoint> => {
  const definition = endpointOf(context);
  if (definition === undefined) throw new Error('@Call() stands on a method without @Serve()');
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest & { principal?: Principal }>();
  refuseHostile(request.params);
  refuseHostile(request.query);
  // Here too: what the guard makes of it must not decide whether it is well formed.
  requestedProject(definition, request);
  return {
    principal: request.principal as Principal,
    params: check(definition.params, request.params ?? {}, 'path'),
    query: check(definition.query, queryOf(definition, request), 'query'),
    body: check(definition.body, bodyOf(definition, request), 'body'),
    request,
    reply: http.getResponse<FastifyReply>(),
  };
});

const hasMember = (schema: z.ZodType, name: string): boolean => schema instanceof z.ZodObject && Object.hasOwn(schema.shape, name);

/** `projectId` is understood everywhere and by one place (`requestedProject`): schemas that do not name it never see it. */
function queryOf(definition: Endpoint, request: FastifyRequest): unknown {
  const values = queryValues(definition.query, (request.query ?? {}) as Record<string, unknown>);
  const takesIt = hasMember(definition.query, 'projectId') || definition.query instanceof z.ZodRecord;
  return takesIt ? values : withoutProject(values);
}

/** A route that takes a body treats a missing one as empty, so that the schema says which member is missing. */
function bodyOf(definition: Endpoint, request: FastifyRequest): unknown {
  if (definition.body instanceof z.ZodUndefined) return undefined;
  const body = request.body ?? {};
  return definition.projectInBody === true ? withoutProject(body) : body;
}

function withoutProject(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'projectId'));
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, part: string): z.output<Schema> {
  const result = schema.safeDecode(value as never);
  if (result.success) return result.data;
  const error = invalid(result.error);
  throw new AppError('VALIDATION', error.message, { params: { ...error.params, in: part } });
}
