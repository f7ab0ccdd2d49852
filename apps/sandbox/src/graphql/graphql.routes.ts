import type { FastifyInstance } from 'fastify';
import { GraphQLError, execute, parse as parseDocument, specifiedRules, validate } from 'graphql';
import { z } from 'zod';
import { enter } from '../access/gate.js';
import type { GateParts } from '../access/gate.js';
import type { RecordStore } from '../crm/record-store.js';
import { parse } from '../http/parse.js';
import type { Account } from '../options.js';
import { depthLimit } from './depth-limit.js';
import { crmSchema, snakeCaseFields, withCode } from './schema.js';

/** Deep enough for every field (companies.edges.node.hq.geo.lat is 6 deep), not for abuse. */
const DEPTH = 8;
const rules = [...specifiedRules, depthLimit(DEPTH)];

const graphqlRequest = z.object({
  query: z.string().min(1).max(20_000),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/** `POST /graphql`: the same records over GraphQL. A document that is not valid is a 400; an error in a field comes with 200 in `errors`. */
export function graphqlRoutes(app: FastifyInstance, parts: { gate: GateParts; store: RecordStore; accounts: Account[]; pageSizeMax: number }): void {
  const { schema, rootValue } = crmSchema(parts.store, parts.accounts, parts.pageSizeMax);

  app.post('/graphql', async (request, reply) => {
    const caller = await enter(parts.gate, request, reply);
    const { query, variables, operationName } = parse(graphqlRequest, request.body);
    let document;
    try {
      document = parseDocument(query, { maxTokens: 2000 });
    } catch (error) {
      if (error instanceof GraphQLError) return reply.code(400).send({ errors: [error] });
      throw error;
    }
    const errors = validate(schema, document, rules);
    if (errors.length > 0) return reply.code(400).send({ errors });
    const result = await execute({
      schema,
      document,
      rootValue,
      contextValue: { caller },
      variableValues: variables,
      operationName,
      fieldResolver: snakeCaseFields,
    });
    return { ...result, ...(result.errors ? { errors: result.errors.map(withCode) } : {}) };
  });
}
