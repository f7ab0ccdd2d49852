import { z } from 'zod';
import { defineRpc } from './kit/define.js';
import { connectorId, streamName } from './kit/ids.js';
import { principal } from './principal.js';

export const authMethodName = z.enum(['OAUTH2', 'SECRET_TEXT', 'BASIC_AUTH', 'CUSTOM_AUTH', 'JWT_BEARER', 'KEY_PAIR', 'NO_AUTH']);
export type AuthMethodName = z.output<typeof authMethodName>;

/** What a connector needs to know besides the credential, e.g. the shop or subdomain. */
export const connectorInput = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string().optional(),
  pattern: z.string().optional(),
  required: z.boolean(),
});

/** One member of a credential, as a form asks for it. */
export const credentialField = z.object({
  name: z.string(),
  title: z.string(),
  required: z.boolean(),
  /** Shown as dots, and never again. */
  secret: z.boolean(),
});

/** One way to connect a system. */
export const connectorAuthMethod = z.object({
  type: authMethodName,
  /** What the person gives; nothing for consent screens. */
  fields: z.array(credentialField),
  /** OAUTH2: how a grant is had; otherwise empty. */
  grantTypes: z.array(z.enum(['authorization_code', 'client_credentials'])),
  /** Asked for always; a stream may need more. */
  scopes: z.array(z.string()),
});
export type ConnectorAuthMethod = z.output<typeof connectorAuthMethod>;

/** An entity that can be read, with the scopes it needs beyond the connector's. */
export const connectorStream = z.object({ name: streamName, title: z.string(), incremental: z.boolean(), scopes: z.array(z.string()) });

/** A system in the catalog, as clients see it. */
export const connectorSummary = z.object({
  id: connectorId,
  name: z.string(),
  category: z.string(),
  /** Short names that mean it as well (`meta`). */
  aliases: z.array(z.string()),
  /** The preferred one first. */
  authMethods: z.array(connectorAuthMethod),
  inputs: z.array(connectorInput),
  streams: z.array(connectorStream),
  rateLimit: z.string(),
  latency: z.string(),
  /** The system lets in only known addresses. */
  staticEgress: z.boolean(),
  /** True of one that the platform or a project of it defined for itself. */
  custom: z.boolean().optional(),
});
export type ConnectorSummary = z.output<typeof connectorSummary>;

const registry = { server: 'connector-registry', callers: ['gateway'] } as const;
/** An id, an alias, or the reference's form (`@activepieces/piece-stripe`). */
const connectorName = z.string().min(1).max(128);

export const connectors = {
  list: defineRpc('rpc.connectors.list', {
    ...registry,
    /** With a principal: its own beside the installation's. */
    request: z.object({ principal: principal.optional(), category: z.string().max(64).optional() }),
    reply: z.object({ connectors: z.array(connectorSummary) }),
  }),
  get: defineRpc('rpc.connectors.get', { ...registry, request: z.object({ principal: principal.optional(), connector: connectorName }), reply: connectorSummary, errors: ['ENTITY_NOT_FOUND'] }),
  /** The connector's picture, an SVG document. */
  logo: defineRpc('rpc.connectors.logo', { ...registry, request: z.object({ connector: connectorName }), reply: z.object({ svg: z.string().max(262_144) }), errors: ['ENTITY_NOT_FOUND'] }),
};
