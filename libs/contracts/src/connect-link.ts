import { z } from 'zod';
import { defineRpc } from './kit/define.js';
import { connectionId, connectorId, id, moment, platformId, projectId, userId } from './kit/ids.js';
import { page, pageRequest } from './kit/page.js';
import { secret } from './kit/secret.js';
import { principal } from './principal.js';
import { account, connectionInputs, connectionMetadata } from './connection.js';
import { connectionValue } from './connection-value.js';
import { connectorSummary } from './connector.js';

export const connectLinkId = id('connectLink');

/** For whom a link is: somebody of the client's, who has no account here. Shown on the page, so that whoever opens it sees whose it is. */
const endUser = z.strictObject({ id: z.string().min(1).max(256), displayName: z.string().trim().min(1).max(200).optional(), email: z.email().max(320).optional() });

/** A page where somebody without an account connects one system: once, within a time, for a named end user. */
export const connectLink = z.object({
  id: connectLinkId,
  platformId,
  projectId,
  endUser: endUser.extend({ displayName: z.string().optional(), email: z.string().optional() }),
  /** The systems that may be chosen from. */
  connectors: z.array(connectorId),
  /** The connection to connect again; null: a new one. */
  connectionId: connectionId.nullable(),
  status: z.enum(['open', 'used', 'revoked', 'expired']),
  /** What came of it. */
  usedConnectionId: connectionId.nullable(),
  returnUrl: z.string().nullable(),
  expiresAt: moment,
  created: moment,
});
export type ConnectLink = z.output<typeof connectLink>;

export const newConnectLink = z.strictObject({
  endUser,
  /** By id, alias or piece name; left out with `connectionId`: that connection's. */
  connectors: z.array(z.string().trim().min(1).max(128)).min(1).max(50).optional(),
  connectionId: connectionId.optional(),
  /** Of the connection that is made. Default: the end user's id, so that one end user has one connection for each connector. */
  externalId: z.string().min(1).max(256).optional(),
  displayName: z.string().trim().min(1).max(200).optional(),
  /** Set beforehand: the person is not asked for these and cannot change them. */
  inputs: connectionInputs.default({}),
  metadata: connectionMetadata.nullable().optional(),
  /** Asked for besides the connector's minimum (OAuth). */
  scopes: z.array(z.string().min(1).max(512)).max(100).default([]),
  /** The owner of the connection that is made. */
  ownerId: userId.optional(),
  /** With `connectionId`: accept another account at the provider than the one connected so far. */
  allowOtherAccount: z.boolean().default(false),
  /** Where the person goes afterwards; one of the project's return URLs. */
  returnUrl: z.string().max(2_048).optional(),
  expiresInMinutes: z.int().min(1).max(7 * 24 * 60).default(30),
});

const registry = { server: 'connector-registry', callers: ['gateway'] } as const;
const notFound = ['ENTITY_NOT_FOUND', 'AUTHORIZATION'] as const;
/** What the page's address carries: 256 bits, kept as a digest. */
const token = secret(z.string().min(1).max(128));
/** An unknown, used, revoked and expired link are told apart by nobody who has not made it. */
const opened = ['CONNECT_LINK_INVALID'] as const;

export const connectLinks = {
  create: defineRpc('rpc.connect_links.create', {
    ...registry,
    request: z.object({ principal, link: newConnectLink }),
    /** The token is in the page's address, which is shown this once. */
    reply: connectLink.extend({ token: secret() }),
    errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND', 'VALIDATION', 'RETURN_URL_NOT_ALLOWED', 'INVALID_APP_CONNECTION'],
  }),
  list: defineRpc('rpc.connect_links.list', { ...registry, request: z.object({ principal, ...pageRequest }), reply: page(connectLink), errors: ['AUTHORIZATION'] }),
  get: defineRpc('rpc.connect_links.get', { ...registry, request: z.object({ principal, id: connectLinkId }), reply: connectLink, errors: notFound }),
  revoke: defineRpc('rpc.connect_links.revoke', { ...registry, request: z.object({ principal, id: connectLinkId }), reply: connectLink, errors: notFound }),
  /** What the page shows. Changes nothing: previews and prefetching open pages too. */
  open: defineRpc('rpc.connect_links.open', {
    ...registry,
    request: z.object({ token }),
    reply: z.object({
      platformName: z.string(),
      projectName: z.string(),
      endUser: z.object({ id: z.string(), displayName: z.string().nullable(), email: z.string().nullable() }),
      reconnect: z.boolean(),
      connectors: z.array(connectorSummary),
      /** Names of inputs that are set already. */
      givenInputs: z.array(z.string()),
      expiresAt: moment,
    }),
    errors: opened,
  }),
  /** OAuth: begins the walk that only this browser can finish. The link stays open until a connection is made by it. */
  authorize: defineRpc('rpc.connect_links.authorize', {
    ...registry,
    deadlineMs: 15_000,
    request: z.object({ token, connector: z.string().max(128), inputs: connectionInputs.default({}), browserBinding: secret() }),
    reply: z.object({ connectionId, connector: connectorId, authorizationUrl: z.url(), expiresAt: moment }),
    errors: [...opened, 'INVALID_APP_CONNECTION', 'OAUTH_APP_MISSING', 'CONFLICT', 'VALIDATION'],
  }),
  /** A key: verified and stored. Of two at once one is taken. */
  connect: defineRpc('rpc.connect_links.connect', {
    ...registry,
    deadlineMs: 70_000,
    request: z.object({ token, connector: z.string().max(128), inputs: connectionInputs.default({}), value: connectionValue }),
    reply: z.object({ connectionId, connector: connectorId, account, returnUrl: z.string().nullable() }),
    errors: [...opened, 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONFLICT', 'VALIDATION'],
  }),
  /** Internal: before a code is exchanged. Of the walks from one link one at a time may go on, and none once a connection was made by it. */
  claim: defineRpc('rpc.connect_links.claim', {
    server: 'connector-registry',
    callers: ['oauth-broker'],
    request: z.object({ id: connectLinkId, connectionId, authorizationId: z.string().min(1).max(128) }),
    reply: z.object({}),
    errors: [...opened, 'CONFLICT'],
  }),
};
