import { z } from 'zod';
import { connectorId } from '@trunkline/contracts';
import { originTemplate, urlTemplate } from '../template/url-template.js';
import { authMethods } from './auth-schema.js';
import { condition } from './condition.js';
import { errorHandler } from './error-handler-schema.js';
import { headers } from './header-rules.js';
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

/** A whole-value pattern that compiles: an unanchored one would let `evil.test/?x=shop` through. */
const pattern = z
  .string()
  .max(256)
  .regex(/^\^[^]*\$$/, 'must be anchored: ^…$')
  .refine(
    (source) => {
      try {
        return new RegExp(source, 'u') instanceof RegExp;
      } catch {
        return false;
      }
    },
    { error: 'is not a regular expression' },
  );

const input = shape({
  name,
  title: z.string().min(1).max(100),
  description: z.string().max(500).optional(),
  pattern: pattern.optional(),
  required: z.boolean().default(true),
  /** Who gives it: the person who connects, the provider's token answer, or its callback (see `capture` of OAUTH2). */
  filled_by: z.enum(['person', 'token_response', 'callback']).default('person'),
});

const verification = shape({
  request: request(['inputs', 'settings']),
  success_statuses: z.array(z.int().min(200).max(299)).min(1).default([200]),
  /** What a success must say besides its status, for providers that answer 200 to anybody. */
  checks: z.array(condition).max(8).default([]),
  account: shape({ id: valuePath.optional(), name: valuePath.optional() }).prefault({}),
});

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
  base_url: urlTemplate,
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
    api_budget: shape({
      requests: z.int().min(1),
      per_seconds: z.int().min(1).max(86_400),
      concurrency: z.int().min(1).max(1_000).optional(),
    }).optional(),
  }),
  /** How quickly changes show up and calls are answered: one sentence for people. */
  latency: z.string().min(1).max(300),
  /** The system lets in only known addresses: the operator must publish the platform's. */
  static_egress: z.boolean().default(false),
});

/** A system of the catalog with its streams by name. */
export type Connector = z.output<typeof connectorDefinition> & { readonly streams: ReadonlyMap<string, Stream> };
export type ConnectorInput = Connector['inputs'][number];
