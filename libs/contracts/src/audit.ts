import { z } from 'zod';
import { defineEvent, defineRpc } from './kit/define.js';
import { id, moment, platformId, projectId, userId } from './kit/ids.js';
import { page, pageRequest } from './kit/page.js';
import { principal } from './principal.js';

/** `done`: the change is committed · `denied`: the principal may not · `failed`: allowed, but it came to nothing. */
export const auditOutcome = z.enum(['done', 'denied', 'failed']);

/** Who did what to what, when, and how it ended. Never a value: `details` says which members changed, not to what. */
export const auditEntry = z.object({
  id: id('auditEntry'),
  at: moment,
  platformId: platformId.nullable(),
  projectId: projectId.nullable(),
  actor: z.object({ kind: z.enum(['operator', 'api_key', 'user', 'service']), id: z.string().max(128), userId: userId.nullable() }),
  /** `<noun>.<verb>`, e.g. `connection.deleted`. */
  action: z.string().max(100),
  target: z.object({ type: z.string().max(64), id: z.string().max(128).nullable() }),
  outcome: auditOutcome,
  /** Short facts: names of changed members, a reason code, a count. */
  details: z.record(z.string().max(64), z.union([z.string().max(500), z.number(), z.boolean(), z.null(), z.array(z.string().max(200)).max(100)])),
  requestId: z.string().max(128).nullable(),
  /** Place in the platform's hash chain; null until it is chained, a moment after the commit. */
  sequence: z.int().positive().nullable(),
  hash: z.string().length(64).nullable(),
});
export type AuditEntry = z.output<typeof auditEntry>;

const registry = { server: 'connector-registry', callers: ['gateway'] } as const;
const filters = {
  action: z.string().max(100).optional(),
  targetId: z.string().max(128).optional(),
  actorId: z.string().max(128).optional(),
  outcome: auditOutcome.optional(),
  from: moment.optional(),
  to: moment.optional(),
};

export const audits = {
  list: defineRpc('rpc.audits.list', { ...registry, request: z.object({ principal, ...filters, ...pageRequest }), reply: page(auditEntry), errors: ['AUTHORIZATION'] }),
  /** Walks the platform's hash chain and says where it is broken, if anywhere. */
  verify: defineRpc('rpc.audits.verify', {
    ...registry,
    deadlineMs: 60_000,
    request: z.object({ principal, platformId: platformId.optional() }),
    reply: z.object({ entries: z.int().min(0), intact: z.boolean(), brokenAt: z.int().positive().nullable(), head: z.string().nullable() }),
    errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND'],
  }),
  /** Internal: an attempt that was refused before it reached a service. */
  denied: defineRpc('rpc.audits.denied', {
    ...registry,
    request: z.object({ principal, action: z.string().max(100), target: z.object({ type: z.string().max(64), id: z.string().max(128).nullable() }), details: auditEntry.shape.details }),
    reply: z.object({}),
  }),
};

/** What another service did to something of a tenant: written to its outbox in the transaction of the change, kept by the registry. */
export const auditRecorded = defineEvent('evt.audit_entry.recorded.v1', {
  producers: ['oauth-broker', 'token-refresher', 'sync-orchestrator'],
  consumers: ['connector-registry'],
  data: auditEntry.omit({ id: true, at: true, sequence: true, hash: true }),
});
