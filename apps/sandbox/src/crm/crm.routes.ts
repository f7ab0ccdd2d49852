import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { enter } from '../access/gate.js';
import type { GateParts } from '../access/gate.js';
import { notFound } from '../http/api-error.js';
import { parse } from '../http/parse.js';
import type { Account, Stream } from '../options.js';
import { STREAMS } from '../options.js';
import { pageQueries } from './page-query.js';
import { activitiesPage, companiesPage, contactsPage, dealsPage } from './pages.js';
import type { Page } from './pages.js';
import type { RecordStore } from './record-store.js';
import type { RecordStream } from './record-stream.js';

export interface CrmParts {
  gate: GateParts;
  store: RecordStore;
  accounts: Account[];
  pageSizeMax: number;
  /** Origin of the links in answers. */
  publicUrl: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const fields = z.record(z.string().min(1).max(100), z.json());

/** The CRM API: `/crm/v1`. */
export function crmRoutes(app: FastifyInstance, { gate, store, accounts, pageSizeMax, publicUrl }: CrmParts): void {
  const queries = pageQueries(pageSizeMax);
  const pages: Record<Stream, (records: RecordStream, request: FastifyRequest) => Page> = {
    contacts: (records, { query }) => contactsPage(records, parse(queries.contacts, query)),
    companies: (records, { query }) => companiesPage(records, parse(queries.companies, query)),
    deals: (records, { query, url }) => dealsPage(records, parse(queries.deals, query), new URL(url, publicUrl)),
    activities: (records, { query }) => activitiesPage(records, parse(queries.activities, query), `${publicUrl}/crm/v1/activities`),
  };
  const send = (reply: FastifyReply, status: number, json: string) => reply.code(status).header('content-type', JSON_TYPE).send(json);

  app.get('/crm/v1/account', async (request, reply) => {
    const caller = await enter(gate, request, reply);
    const account = accounts.find((candidate) => candidate.id === caller.account);
    if (!account) throw notFound(`There is no account ${caller.account} any more.`);
    return account;
  });

  for (const stream of STREAMS) {
    const path = `/crm/v1/${stream}`;
    const missing = () => notFound(`There is no such record in ${stream}.`);

    app.get(path, async (request, reply) => {
      const caller = await enter(gate, request, reply, 'crm.read');
      const page = pages[stream](store.records(caller.account, stream), request);
      if (page.headers) reply.headers(page.headers);
      return send(reply, 200, page.body);
    });

    app.get<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
      const caller = await enter(gate, request, reply, 'crm.read');
      const entry = store.records(caller.account, stream).get(request.params.id);
      if (!entry || entry.deleted) throw missing();
      return send(reply, 200, entry.json);
    });

    app.post(path, async (request, reply) => {
      const caller = await enter(gate, request, reply, 'crm.write');
      const entry = await store.create(caller.account, stream, parse(fields, request.body));
      reply.header('location', `${publicUrl}${path}/${entry.id}`);
      return send(reply, 201, entry.json);
    });

    app.patch<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
      const caller = await enter(gate, request, reply, 'crm.write');
      const entry = await store.update(caller.account, stream, request.params.id, parse(fields, request.body));
      if (!entry) throw missing();
      return send(reply, 200, entry.json);
    });

    app.delete<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
      const caller = await enter(gate, request, reply, 'crm.write');
      if (!(await store.remove(caller.account, stream, request.params.id))) throw missing();
      return reply.code(204).send();
    });
  }
}
