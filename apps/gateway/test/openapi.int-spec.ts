import { Health, launch, nestService, type RunningService } from '@trunkline/service';
import { natsTransports } from '@trunkline/messaging';
import { startTestNats, type TestNats } from '@trunkline/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { gatewaySettings } from '../src/config.js';
import { GatewayModule } from '../src/gateway.module.js';
import { openApiDocument } from '../src/index.js';
import { fastifyOptions, prepareHttp } from '../src/prepare-http.js';
import { Documented, type Document } from './documented.js';

type Json = Record<string, unknown>;

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Every value of a document with where it stands. */
function* walk(value: unknown, at = '#'): Generator<[string, Json]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Json];
  for (const [name, item] of Object.entries(value)) yield* walk(item, `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

describe('the API\'s description', () => {
  let nats: TestNats;
  let service: RunningService;
  let document: Document;
  /** `GET /api/connectors`, as the server itself was told. */
  const routes: string[] = [];

  beforeAll(async () => {
    nats = await startTestNats();
    // The gateway as it is, except that it tells which routes it was given.
    const observed = nestService({
      name: 'gateway', settings: gatewaySettings, module: () => GatewayModule.forRoot(), transports: natsTransports, fastify: fastifyOptions, defaultPort: 3000,
      prepare: (app, context) => {
        const fastify = (app as NestFastifyApplication).getHttpAdapter().getInstance();
        fastify.addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((one) => `${one} ${url}`)));
        return prepareHttp(app, context);
      },
    });
    service = await launch(observed, { health: new Health(), environment: { NODE_ENV: 'test', LOG_LEVEL: 'silent', HOST: '127.0.0.1', PORT: '0', NATS_URL: nats.url } });
    document = (await (await fetch(`${service.url}/api/docs/openapi.json`)).json()) as Document;
  });
  afterAll(async () => {
    await service?.close();
    await nats?.stop();
  });

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation: operation as unknown as Json & { parameters: Json[]; responses: Record<string, Json> } })));

  it('names every route that is served, and no other', () => {
    const served = routes.filter((route) => !/^(\w+) \/(health|metrics|api\/docs)/.test(route)).map((route) => route.replaceAll(/:(\w+)/g, '{$1}')).sort();
    expect(served.length).toBeGreaterThan(40);
    expect(operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(served);
  });

  it('has the form of OpenAPI 3.1', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document).toMatchObject({ info: { title: 'Trunkline', version: expect.any(String) as string }, servers: [{ url: 'http://localhost:3000' }] });
    for (const [path, item] of Object.entries(document.paths)) {
      expect(path).toMatch(/^\//);
      expect(Object.keys(item).filter((key) => !methods.includes(key))).toEqual([]);
    }
    for (const { path, method, operation } of operations()) {
      const at = `${method} ${path}`;
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect([at, described.map(({ name }) => name)]).toEqual([at, inPath]);
      expect([at, described.every(({ required }) => required === true)]).toEqual([at, true]);
      const names = operation.parameters.filter((parameter) => parameter.$ref === undefined).map((parameter) => `${String(parameter.in)}:${String(parameter.name)}`);
      expect([at, new Set(names).size]).toEqual([at, names.length]);
      expect(operation).toMatchObject({ operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/) as string, summary: expect.any(String) as string, tags: [expect.any(String) as string] });
      expect([at, Object.keys(operation.responses).every((status) => /^[1-5]\d\d$/.test(status))]).toEqual([at, true]);
      expect([at, Object.values(operation.responses).every((answer) => answer.$ref !== undefined || typeof answer.description === 'string')]).toEqual([at, true]);
      if (method === 'get') expect([at, operation.requestBody]).toEqual([at, undefined]);
    }
    for (const name of Object.values(document.components).flatMap((kind) => Object.keys(kind as Json))) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
  });

  it('gives every operation a name of its own', () => {
    const names = operations().map(({ operation }) => operation.operationId);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['listAppConnections', 'upsertAppConnection', 'resolveToken', 'runSync', 'listCatalog']));
  });

  it('refers only to what is there, and uses all it has', () => {
    const has = (reference: string) => reference.split('/').slice(1).reduce<unknown>((value, part) => (value as Json | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], document) !== undefined;
    const references = [...walk(document)].flatMap(([, value]) => (typeof value.$ref === 'string' ? [value.$ref] : []));
    expect(references.filter((reference) => !has(reference))).toEqual([]);
    const used = new Set(references);
    const unused = ['schemas', 'responses', 'examples', 'parameters'].flatMap((kind) => Object.keys((document.components as Json)[kind] as Json).map((name) => `#/components/${kind}/${name}`)).filter((name) => !used.has(name));
    // No operation answers this: it is what all other methods of a path get.
    expect(unused).toEqual(['#/components/responses/405MethodNotAllowed']);
  });

  it('holds schemas that are JSON Schema 2020-12, and examples that fit theirs', () => {
    const documented = new Documented(document);
    let compiled = 0;
    for (const [at, value] of walk(document)) {
      if (!/\/schema$|^#\/components\/schemas\/[^/]+$/.test(at) || at.includes('/properties/')) continue;
      expect(() => documented.compile(value)).not.toThrow();
      compiled += 1;
    }
    expect(compiled).toBeGreaterThan(100);
    const fitsError = documented.compile({ $ref: '#/components/schemas/Error' });
    for (const [name, example] of Object.entries(document.components.examples)) expect([name, fitsError(example.value)]).toEqual([name, true]);
  });

  it('says how each refusal looks, with its codes', () => {
    for (const { path, method, operation } of operations()) {
      const at = `${method} ${path}`;
      expect([at, Object.keys(operation.responses)]).toEqual([at, expect.arrayContaining(['400', '429', '500', '503'])]);
      if (operation.requestBody !== undefined) expect([at, Object.keys(operation.responses)]).toEqual([at, expect.arrayContaining(['413', '415'])]);
      if ((operation.security as unknown[]).length > 0) expect([at, Object.keys(operation.responses)]).toEqual([at, expect.arrayContaining(['401', '403', '404'])]);
    }
    expect(document.components.responses['400Validation']).toMatchObject({ content: { 'application/json': { schema: { allOf: [{ $ref: '#/components/schemas/Error' }, { properties: { code: { enum: ['VALIDATION'] } } }] } } } });
  });

  it('names bodies, and the project in those that may name one', () => {
    const body = (document.paths['/api/v1/app-connections']!.post as unknown as { requestBody: Json }).requestBody;
    expect(body).toEqual({ required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/UpsertAppConnection' } } } });
    expect(document.components.schemas.UpsertAppConnection).toMatchObject({ required: ['displayName', 'pieceName', 'type', 'value'], additionalProperties: false, properties: { projectId: { type: 'string' } } });
  });

  it('keeps what schemas say of themselves', () => {
    const list = document.paths['/api/v1/app-connections']!.get as unknown as { parameters: Json[] };
    expect(list.parameters).toContainEqual({ name: 'displayName', in: 'query', required: false, description: 'Part of the name, in any case.', schema: { type: 'string', maxLength: 200 } });
    expect(list.parameters).toContainEqual({ name: 'limit', in: 'query', required: false, description: 'How many to return.', schema: { type: 'integer', minimum: 1, maximum: 100, default: 10 } });
  });

  it('knows every way to present a key', () => {
    expect(document.components.securitySchemes).toMatchObject({ apiKey: { in: 'header', name: 'x-api-key' }, bearer: { scheme: 'bearer' }, serviceToken: { name: 'X-Services-Token' }, reeveServiceToken: { name: 'X-Reeve-Services-Token' } });
  });

  it('is served for people too, and is the same whoever makes it', async () => {
    expect((await fetch(`${service.url}/api/docs`)).status).toBe(200);
    expect(JSON.parse(JSON.stringify(openApiDocument('http://localhost:3000')))).toEqual(document);
  });
});
