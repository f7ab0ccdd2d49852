import { z } from 'zod';
import { defineEvent, defineRpc } from './kit/define.js';
import { connectionId, connectorId, moment, oauthAppId, platformId, projectId, userId } from './kit/ids.js';
import { secret } from './kit/secret.js';
import { principal } from './principal.js';
import { connectionInputs, keyCredential, statusReason } from './connection.js';

/** What the provider's token endpoint answered (RFC 6749 §5.1), already normalised. */
export const oauthGrant = z.strictObject({
  type: z.literal('OAUTH2'),
  accessToken: secret(),
  refreshToken: secret().nullable(),
  tokenType: z.string().max(64),
  /** Seconds the access token lives from receipt; null if the provider did not say. */
  expiresInSeconds: z.number().nullable(),
  /** Half the round trip of the token request in milliseconds: the expiry is counted from then (CORRECTNESS H4). */
  ageMs: z.number().min(0),
  scopes: z.array(z.string()),
  oauthAppId,
});
export type OauthGrant = z.output<typeof oauthGrant>;

export const credentialValue = z.discriminatedUnion('type', [oauthGrant, ...keyCredential.options]);
export type CredentialValue = z.output<typeof credentialValue>;

const tokens = { server: 'token-refresher' } as const;

export const credentials = {
  /** Verifies the credential by a call to the provider, seals it and stores it in place of the former one. */
  put: defineRpc('rpc.credentials.put', {
    ...tokens,
    callers: ['connector-registry', 'oauth-broker'],
    deadlineMs: 35_000,
    request: z.object({
      connectionId,
      platformId,
      projectId,
      ownerId: userId.nullable(),
      connector: connectorId,
      inputs: connectionInputs,
      credential: credentialValue,
    }),
    reply: z.object({
      credentialVersion: z.int().positive(),
      account: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
      expiresAt: moment.nullable(),
    }),
    errors: ['INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'ENTITY_NOT_FOUND'],
  }),
  /** A usable token, refreshed first if it must be. By connection id, or by connector (and user). */
  resolve: defineRpc('rpc.credentials.resolve', {
    ...tokens,
    callers: ['gateway'],
    deadlineMs: 30_000,
    request: z.object({
      principal,
      connectionId: connectionId.optional(),
      connector: z.string().max(128).optional(),
      userId: userId.optional(),
      /** The token must live at least this long, in seconds (0–3600). */
      minimumSeconds: z.int().min(0).max(3_600).optional(),
    }),
    reply: z.object({
      connectionId,
      connector: connectorId,
      type: z.enum(['OAUTH2', 'SECRET_TEXT', 'BASIC_AUTH', 'CUSTOM_AUTH', 'NO_AUTH']),
      token: secret().nullable(),
      tokenType: z.string(),
      /** BASIC_AUTH: the user name; CUSTOM_AUTH: the fields. */
      username: z.string().nullable(),
      props: z.record(z.string(), secret()).nullable(),
      expiresAt: moment.nullable(),
      /** Set when the token still lives but could not be renewed just now. */
      warning: z.string().nullable(),
    }),
    errors: ['ENTITY_NOT_FOUND', 'CREDENTIAL_NEEDS_RECONNECT', 'CREDENTIAL_COOLDOWN', 'CONNECTION_DISABLED', 'CONNECTOR_MISCONFIGURED', 'PROVIDER_UNAVAILABLE'],
  }),
  /** Internal: the same for a worker that reads on behalf of a connection. */
  lease: defineRpc('rpc.credentials.lease', {
    ...tokens,
    callers: ['sync-orchestrator'],
    deadlineMs: 30_000,
    request: z.object({
      connectionId,
      projectId,
      /** A token value the provider just answered 401 to (SHA-256, hex): refreshed once, if it is still the current one. */
      rejectedTokenDigest: z.string().length(64).optional(),
    }),
    reply: z.object({
      connector: connectorId,
      inputs: connectionInputs,
      credential: z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('OAUTH2'), accessToken: secret(), tokenType: z.string() }),
        ...keyCredential.options,
      ]),
      expiresAt: moment.nullable(),
    }),
    errors: ['ENTITY_NOT_FOUND', 'CREDENTIAL_NEEDS_RECONNECT', 'CREDENTIAL_COOLDOWN', 'CONNECTION_DISABLED', 'CONNECTOR_MISCONFIGURED', 'PROVIDER_UNAVAILABLE'],
  }),
  /** Refreshes now, whatever the remaining life. Simultaneous calls share one request to the provider. */
  refresh: defineRpc('rpc.credentials.refresh', {
    ...tokens,
    callers: ['gateway'],
    deadlineMs: 30_000,
    request: z.object({ principal, connectionId: connectionId.optional(), connector: z.string().max(128).optional(), userId: userId.optional() }),
    reply: z.object({ connectionId, connector: connectorId, refreshed: z.boolean(), expiresAt: moment.nullable() }),
    errors: ['ENTITY_NOT_FOUND', 'CREDENTIAL_NEEDS_RECONNECT', 'CREDENTIAL_COOLDOWN', 'INVALID_APP_CONNECTION', 'CONNECTOR_MISCONFIGURED', 'PROVIDER_UNAVAILABLE'],
  }),
  /** Internal: destroys the sealed secret at once and revokes it at the provider by a durable job. Repeats change nothing. */
  delete: defineRpc('rpc.credentials.delete', {
    ...tokens,
    callers: ['connector-registry'],
    request: z.object({ connectionId, projectId }),
    reply: z.object({ deleted: z.boolean() }),
  }),
};

const credentialFact = z.object({ connectionId, platformId, projectId, connector: connectorId, credentialVersion: z.int().positive() });

export const credentialStored = defineEvent('evt.credential.stored.v1', {
  producer: 'token-refresher',
  consumers: ['connector-registry'],
  data: credentialFact.extend({ account: z.object({ id: z.string().nullable(), name: z.string().nullable() }) }),
});
export const credentialRefreshed = defineEvent('evt.credential.refreshed.v1', {
  producer: 'token-refresher',
  consumers: ['connector-registry'],
  data: credentialFact.extend({ expiresAt: moment.nullable() }),
});
export const credentialBroken = defineEvent('evt.credential.broken.v1', {
  producer: 'token-refresher',
  consumers: ['connector-registry'],
  data: credentialFact.extend({ reason: statusReason }),
});
export const credentialRevoked = defineEvent('evt.credential.revoked.v1', {
  producer: 'token-refresher',
  consumers: [],
  data: z.object({ connectionId, projectId, connector: connectorId, outcome: z.enum(['revoked', 'unsupported', 'failed']) }),
});
