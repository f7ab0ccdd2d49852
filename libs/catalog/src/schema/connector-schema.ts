import { z } from 'zod';
import { connectorId } from '@trunkline/contracts';
import { template } from '../template/template-schema.js';
import { baseUrlTemplate, originTemplate } from '../template/url-template.js';
import { authMethods } from './auth-schema.js';
import { condition } from './condition.js';
import { errorHandler } from './error-handler-schema.js';
import { headers } from './header-rules.js';
import { budgetFields, rateBody, rateHeaders } from './budget-schema.js';
import { pattern } from './pattern.js';
import { request } from './request-schema.js';
import { shape } from './shape.js';
import type { Stream } from './stream-schema.js';
import { valuePath } from './value-path.js';

export const categories = [
  'commerce',
  'erp',
  'marketing',
  'finance',
  'crm',
  'support',
  'analytics',
  'developer',
  'custom',
] as const;

const name = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be letters, digits and "_", beginning with a letter').max(64);

const input = shape({
  name,
  title: z.string().min(1).max(100),
  description: z.string().max(500).optional(),
  pattern: pattern.optional(),
  required: z.boolean().default(true),
  /** Taken where the person gives none. */
  default: z.string().min(1).max(256).optional(),
  /**
   * Who gives it: the person who connects, the provider's token answer, its callback, or a call after it (see `capture` of OAUTH2). What is
   * looked up may be chosen by the person too, and must be when they connect another way.
   */
  filled_by: z.enum(['person', 'token_response', 'callback', 'lookup']).default('person'),
});

const httpVerification = shape({
  protocol: z.literal('http').optional(),
  request: request(['inputs', 'settings']),
  success_statuses: z.array(z.int().min(200).max(299)).min(1).default([200]),
  /** `any`: the status says enough, whatever the answer is written in (SOAP, WSDL). */
  answer: z.enum(['json', 'any']).default('json'),
  /** What a success must say besides its status, for providers that answer 200 to anybody. */
  checks: z.array(condition).max(8).default([]),
  /** Where the answer names the account; `id_input`: the input that is its id, for answers that do not name it (QuickBooks). */
  account: shape(
    { id: valuePath.optional(), id_input: name.optional(), name: valuePath.optional() },
    (value, report) => {
      if (value.id !== undefined && value.id_input !== undefined) report([], 'has either "id" or "id_input"');
    },
  ).prefault({}),
});

/** Signs in and reads a directory. The account is the user at the host. */
const sftpVerification = shape({
  protocol: z.literal('sftp'),
  host: template(['inputs', 'settings']),
  port: template(['inputs', 'settings']),
  /** Left out, or without a value: where the server puts the user. */
  directory: template(['inputs', 'settings']).optional(),
  /** `SHA256:…`, as ssh-keygen prints it. Left out, or without a value: the first one seen is kept and no other is accepted later. */
  host_key_fingerprint: template(['inputs', 'settings']).optional(),
});

/** Signs in to a database and asks who one is there. The account is the user at the database. */
const sqlVerification = shape({
  protocol: z.literal('sql'),
  host: template(['inputs', 'settings']),
  port: template(['inputs', 'settings']),
  database: template(['inputs', 'settings']),
  /** `required`, or `off`, which is only taken where the operator has excepted that host and port. Left out, or without a value: required. */
  tls: template(['inputs', 'settings']).optional(),
  /** PEM of the authority that signed the server's certificate, where it is not a public one. */
  ca: template(['inputs', 'settings']).optional(),
  /** Whose tables are discovered. Left out, or without a value: PostgreSQL's current schema, MySQL's database. */
  schema: template(['inputs', 'settings']).optional(),
});

const verification = z.discriminatedUnion('protocol', [httpVerification, sftpVerification, sqlVerification]);

/** `connector.yaml`: a system that can be connected. */
export const connectorDefinition = shape({
  id: connectorId,
  name: z.string().min(1).max(100),
  category: z.enum(categories),
  /** Short names the references use (`meta`). */
  aliases: z.array(connectorId).max(8).default([]),
  /** Offered only where the operator gives this setting; `{{settings.…}}` may name it and no other. */
  available_when: name.optional(),
  inputs: z.array(input).max(16).default([]),
  base_url: baseUrlTemplate,
  /** The only places a credential is ever sent to. */
  allowed_origins: z.array(originTemplate).min(1).max(8),
  /** Sent with every request to the API. */
  headers: headers(['inputs', 'settings']).default({}),
  auth: authMethods,
  verification,
  error_handler: errorHandler.default([]),
  rate_limit: shape({
    /** One sentence for people. */
    posture: z.string().min(1).max(300),
    /** What all workers together may spend on one account. */
    api_budget: shape(budgetFields).optional(),
    headers: rateHeaders.optional(),
    body: rateBody.optional(),
  }),
  /** `discovered`: what there is to read is asked of the connection (the tables of a database). */
  streams: z.enum(['declared', 'discovered']).default('declared'),
  /** How records can be written into it (`kind` of a flow's target). Left out: it is only read. */
  writes: z.enum(['rest', 'graphql', 'table', 'file']).optional(),
  /** How quickly changes show up and calls are answered: one sentence for people. */
  latency: z.string().min(1).max(300),
  /** The system lets in only known addresses: the operator must publish the platform's. */
  static_egress: z.boolean().default(false),
});

/** A system of the catalog with its streams by name. */
export type Connector = Omit<z.output<typeof connectorDefinition>, 'streams'> & {
  readonly streams: ReadonlyMap<string, Stream>;
  /** The streams are the tables of the connection. */
  readonly discovered: boolean;
  /** Of one that a tenant defined: whose it is. Without a project: for all of the platform's. */
  readonly owner?: { readonly platformId: string; readonly projectId: string | null };
  /** And what its callback is called: no other tenant's is. */
  readonly instanceId?: string;
};
export type ConnectorInput = Connector['inputs'][number];
