import { randomUUID } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyServerOptions } from 'fastify';
import { RpcClient } from '@trunkline/messaging';
import { histogram, runInTrace, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import type { gatewaySettings } from './config.js';
import { asyncApiDocument } from './docs/asyncapi.js';
import { openApiDocument } from './docs/openapi.js';
import { HttpErrorFilter, toAppError, writeError } from './errors/http-error.filter.js';
import { parseForm } from './http/form-body.js';
import { parseJson } from './http/json-body.js';
import { formType, requireMediaType } from './http/require-media-type.js';

/** Of the time for a graceful stop, what requests that are under way may use. */
const shareOfStop = 0.8;
const requestIdPattern = /^[A-Za-z0-9_.-]{8,128}$/;

/** What the server itself refuses before a handler runs. */
export const fastifyOptions = (config: ConfigOf<typeof gatewaySettings>): FastifyServerOptions => ({
  logger: false,
  bodyLimit: config.bodyLimitBytes,
  // A slow client may hold a socket for so long and no longer (Node's own limits are 300 s and 60 s).
  requestTimeout: 15_000,
  connectionTimeout: 70_000,
  keepAliveTimeout: 65_000,
  // HEAD must never run a GET handler: GET /api/sync/run starts something.
  exposeHeadRoutes: false,
  routerOptions: { maxParamLength: 512 },
  // What no route can be found for: a path that is not well encoded.
  frameworkErrors: (error, request, reply) => writeError(toAppError(error), request, reply),
  genReqId: (request) => {
    const given = request.headers['x-request-id'];
    return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
  },
});

/** Cookies, request ids, access log, error form, documentation: everything around the controllers. */
export async function prepareHttp(app: INestApplication, context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>): Promise<void> {
  const application = app as NestFastifyApplication;
  const durations = histogram('trunkline_http_seconds', 'How long an HTTP request took.', ['method', 'route', 'status']);
  const fastify = application.getHttpAdapter().getInstance();
  fastify.server.headersTimeout = 10_000;

  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    try {
      requireMediaType(request);
    } catch (error) {
      return done(toAppError(error));
    }
    done();
  });
  // A request that still waits when the time for a stop is nearly over (its answer may never come) must not make the stop a failed one.
  fastify.addHook('preClose', (done) => {
    setTimeout(() => fastify.server.closeAllConnections(), context.config.shutdownTimeoutMs * shareOfStop).unref();
    done();
  });
  // After the body has come, which is a callback of its socket and in no trace.
  fastify.addHook('preHandler', (request, _reply, done) => runInTrace({ requestId: request.id }, done));
  fastify.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, never the URL: ids make too many series, and a callback's query holds a code.
    const route = request.routeOptions.url ?? 'unknown';
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    context.logger.info({ requestId: request.id, method: request.method, route, status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime * 10) / 10 }, 'request');
    done();
  });
  await application.register(fastifyCookie as never);
  for (const [type, parse] of [['application/json', parseJson], [formType, parseForm]] as const) {
    application.useBodyParser(type, { bodyLimit: context.config.bodyLimitBytes }, (_request, body, done) => {
      try {
        done(null, parse(body));
      } catch (error) {
        done(toAppError(error));
      }
    });
  }
  application.useGlobalFilters(new HttpErrorFilter(context.logger, application.get(RpcClient, { strict: false })));
  SwaggerModule.setup('api/docs', application, openApiDocument(context.config.publicUrl) as unknown as OpenAPIObject, { jsonDocumentUrl: 'api/docs/openapi.json', customSiteTitle: 'Trunkline API' });
  const told = asyncApiDocument();
  application.getHttpAdapter().getInstance().get('/api/docs/asyncapi.json', () => told);
}
