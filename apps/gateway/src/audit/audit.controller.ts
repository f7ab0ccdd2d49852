import { Readable } from 'node:stream';
import { Controller, Inject, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { auditEntry, auditOutcome, audits, moment, page, pageRequest, platformId } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { exportEntries } from './export-entries.js';

const mayRead = { kind: 'key', scope: 'audit:read' } as const;
const filters = {
  action: z.string().min(1).max(100).optional(),
  targetId: z.string().min(1).max(128).optional(),
  actorId: z.string().min(1).max(128).optional(),
  outcome: auditOutcome.optional(),
  from: moment.optional().describe('From this moment on; `to` is its end.'),
  to: moment.optional(),
};

const list = endpoint({
  method: 'GET', path: '/api/v1/audit', operation: 'listAuditEntries', tag: 'Audit', summary: 'Who did what', access: mayRead,
  description: 'Oldest first. Never with values: an entry says which members changed, not to what.',
  query: z.strictObject({ ...filters, ...pageRequest }), reply: page(auditEntry),
});
const verify = endpoint({
  method: 'GET', path: '/api/v1/audit/verify', operation: 'verifyAudit', tag: 'Audit', summary: 'Whether the log is whole', access: mayRead,
  description: 'Walks the platform\'s hash chain and says where it is broken, if anywhere.',
  query: z.strictObject({ platformId: platformId.optional() }), reply: audits.verify.reply, errors: ['ENTITY_NOT_FOUND'],
});
const exportAll = endpoint({
  method: 'GET', path: '/api/v1/audit/export', operation: 'exportAudit', tag: 'Audit', summary: 'All entries, one JSON object per line', access: mayRead,
  description: 'Sent as it is read. An answer that breaks off before its end (the transfer is then incomplete) is to be asked for again.',
  query: z.strictObject(filters), media: 'application/x-ndjson',
});

/** The audit log. */
@Controller()
export class AuditController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(list)
  list(@Call() { principal, query }: CallOf<typeof list>) {
    return this.#rpc.call(audits.list, { principal, ...query });
  }

  @Serve(verify)
  verify(@Call() { principal, query }: CallOf<typeof verify>) {
    return this.#rpc.call(audits.verify, { principal, ...query });
  }

  @Serve(exportAll)
  async export(@Call() { principal, query, reply }: CallOf<typeof exportAll>): Promise<StreamableFile> {
    const entries = (cursor?: string) => this.#rpc.call(audits.list, { principal, ...query, limit: 100, cursor });
    // The first page before the first byte: what is refused is refused in the usual form.
    const first = await entries();
    void reply.header('cache-control', 'no-store').header('content-disposition', 'attachment; filename="audit.ndjson"');
    return new StreamableFile(Readable.from(exportEntries(first, entries)), { type: 'application/x-ndjson' });
  }
}
