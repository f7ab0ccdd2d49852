import { z } from 'zod';
import { defineRpc } from './kit/define.js';
import { connectorId, streamName } from './kit/ids.js';

export const authMethodName = z.enum(['OAUTH2', 'SECRET_TEXT', 'BASIC_AUTH', 'CUSTOM_AUTH', 'NO_AUTH']);
export type AuthMethodName = z.output<typeof authMethodName>;

/** What a connector needs to know besides the credential, e.g. the shop or subdomain. */
export const connectorInput = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string().optional(),
  pattern: z.string().optional(),
  required: z.boolean(),
});

/** A system in the catalog, as clients see it. */
export const connectorSummary = z.object({
  id: connectorId,
  name: z.string(),
  category: z.string(),
  authMethods: z.array(authMethodName),
  inputs: z.array(connectorInput),
  streams: z.array(z.object({ name: streamName, title: z.string(), incremental: z.boolean() })),
  rateLimit: z.string(),
  latency: z.string(),
});
export type ConnectorSummary = z.output<typeof connectorSummary>;

export const connectors = {
  list: defineRpc('rpc.connectors.list', {
    server: 'connector-registry',
    callers: ['gateway'],
    request: z.object({ category: z.string().max(64).optional() }),
    reply: z.object({ connectors: z.array(connectorSummary) }),
  }),
};
