import { z } from 'zod';
import { defineEvent, defineRpc } from './kit/define.js';
import { connectionId, connectorId, moment, oauthAppId, platformId, projectId, userId } from './kit/ids.js';
import { secret } from './kit/secret.js';
import { principal } from './principal.js';
import { account, connectionFact, connectionInputs, statusReason } from './connection.js';
import { connectionType, keyCredential } from './connection-value.js';
import { authMethodName } from './connector.js';

/** What a connector calls a further token of a connection, e.g. `user`. */
export const tokenName = z.string().regex(/^[a-z][a-z0-9_]*$/).max(32);

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
  /** How it was had, and so how it is had again where there is no refresh token. */
  grantType: z.enum(['authorization_code', 'client_credentials']).default('authorization_code'),
  /** A further token of the same consent that lives and is renewed by itself (Slack: the person's beside the bot's), by the connector's name for it. */
  second: z
    .strictObject({
      name: tokenName,
      accessToken: secret(),
      refreshToken: secret().nullable(),
      tokenType: z.string().max(64),
      expiresInSeconds: z.number().nullable(),
      scopes: z.array(z.string()),
    })
    .nullable()
    .default(null),
  /** Seconds the refresh token lives from receipt, where the provider says so; null: not said. */
  refreshExpiresInSeconds: z.number().nullable().default(null),
});
export type OauthGrant = z.output<typeof oauthGrant>;

export const credentialValue = z.discriminatedUnion('type', [oauthGrant, ...keyCredential.options]);
export type CredentialValue = z.output<typeof credentialValue>;

const [secretText, basicAuth, customAuth, , , noAuth] = keyCredential.options;
/** What requests are made with: the token a grant or an assertion was exchanged for, or the key itself. */
export const usableCredential = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('OAUTH2'), accessToken: secret(), tokenType: z.string() }),
  z.strictObject({ type: z.literal('JWT_BEARER'), accessToken: secret(), tokenType: z.string() }),
  z.strictObject({
    type: z.literal('KEY_PAIR'),
    username: z.string(),
    privateKey: secret(),
    passphrase: secret().nullable(),
    /** The fingerprint of the only host key that is accepted; null: any. */
    hostKey: z.string().max(128).nullable(),
  }),
  secretText,
  basicAuth.extend({ hostKey: z.string().max(128).nullable().optional() }),
  customAuth,
  noAuth,
]);
export type UsableCredential = z.output<typeof usableCredential>;

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
      /** Null: a connection of the platform; its secret is sealed for the platform. */
      projectId: projectId.nullable(),
      /** The projects that may use it. */
      projectIds: z.array(projectId).max(1_000),
      ownerId: userId.nullable(),
      connector: connectorId,
      type: connectionType,
      inputs: connectionInputs,
      credential: credentialValue,
      /** False: a credential of another account than the stored one's is refused (CONFLICT) and nothing is replaced. */
      allowOtherAccount: z.boolean(),
    }),
    reply: z.object({
      credentialVersion: z.int().positive(),
      account,
      /** Of the access token. */
      expiresAt: moment.nullable(),
      scopes: z.array(z.string()),
    }),
    errors: ['INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'ENTITY_NOT_FOUND', 'CONFLICT'],
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
      /** Which of a connection's tokens, where a provider gives two (Slack: `user`). Left out: the first. */
      tokenName: tokenName.optional(),
      /** The token must live at least this long, in seconds (0–3600). */
      minimumSeconds: z.int().min(0).max(3_600).optional(),
    }),
    reply: z.object({
      connectionId,
      connector: connectorId,
      type: authMethodName,
      token: secret().nullable(),
      tokenType: z.string(),
      /** BASIC_AUTH, KEY_PAIR: the user name. */
      username: z.string().nullable(),
      /** CUSTOM_AUTH: the fields; KEY_PAIR: `private_key`, and `passphrase` and `host_key_fingerprint` where there are any. */
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
      credential: usableCredential,
      expiresAt: moment.nullable(),
      /** Whose budget of calls requests count against: a digest of OAuth app and account; absent where the account is not known. */
      accountKey: z.string().max(64).optional(),
      /** The only origins it may be sent to, as they were bound when it was stored. */
      allowedOrigins: z.array(z.string()).optional(),
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
  /** Internal: makes the connector's verification call with a fresh token and notes the outcome. */
  verify: defineRpc('rpc.credentials.verify', {
    ...tokens,
    callers: ['connector-registry'],
    deadlineMs: 40_000,
    request: z.object({ connectionId }),
    reply: z.object({ outcome: z.enum(['verified', 'rejected', 'unavailable']), status: z.int().nullable(), message: z.string().nullable(), account }),
    errors: ['ENTITY_NOT_FOUND', 'CONNECTION_DISABLED'],
  }),
  /** What is known of a credential besides its secret: for the people who look after it. */
  describe: defineRpc('rpc.credentials.describe', {
    ...tokens,
    callers: ['gateway', 'connector-registry'],
    request: z.object({ principal, connectionId }),
    reply: z.object({
      connectionId,
      type: authMethodName,
      status: z.enum(['usable', 'broken', 'disabled']),
      /** The user name of BASIC_AUTH or KEY_PAIR; never a password. */
      username: z.string().nullable(),
      scopes: z.array(z.string()),
      /** What the connector asks for at least, and what is missing of it. */
      requiredScopes: z.array(z.string()),
      missingScopes: z.array(z.string()),
      expiresAt: moment.nullable(),
      refreshable: z.boolean(),
      lastRefreshedAt: moment.nullable(),
      nextRefreshAt: moment.nullable(),
      failures: z.int().min(0),
      lastErrorCode: z.string().nullable(),
      storedAt: moment,
    }),
    errors: ['ENTITY_NOT_FOUND', 'AUTHORIZATION'],
  }),
  /** How refreshing is going in the principal's project or platform, for the refresh health page. */
  refreshHealth: defineRpc('rpc.credentials.refresh_health', {
    ...tokens,
    callers: ['gateway'],
    request: z.object({ principal }),
    reply: z.object({
      credentials: z.int().min(0),
      refreshable: z.int().min(0),
      due: z.int().min(0),
      overdue: z.int().min(0),
      failing: z.int().min(0),
      broken: z.int().min(0),
      oldestDueAt: moment.nullable(),
      lastRefreshedAt: moment.nullable(),
    }),
    errors: ['AUTHORIZATION'],
  }),
  /** Internal: who may use the credential, and whether anybody may. Of two the newer version wins; repeats change nothing. */
  configure: defineRpc('rpc.credentials.configure', {
    ...tokens,
    callers: ['connector-registry'],
    request: z.object({ connectionId, version: z.int().positive(), enabled: z.boolean(), projectIds: z.array(projectId).max(1_000), ownerId: userId.nullable() }),
    reply: z.object({ configured: z.boolean() }),
  }),
  /** Internal: destroys the sealed secret at once and revokes it at the provider by a durable job. Repeats change nothing. */
  delete: defineRpc('rpc.credentials.delete', {
    ...tokens,
    callers: ['connector-registry'],
    request: z.object({ connectionId, platformId, projectId: projectId.nullable() }),
    reply: z.object({ deleted: z.boolean() }),
  }),
};

const credentialFact = connectionFact.extend({ credentialVersion: z.int().positive() });

export const credentialStored = defineEvent('evt.credential.stored.v1', {
  producers: ['token-refresher'],
  consumers: ['connector-registry'],
  data: credentialFact.extend({ account, type: connectionType, inputs: connectionInputs, scopes: z.array(z.string()) }),
});
export const credentialRefreshed = defineEvent('evt.credential.refreshed.v1', {
  producers: ['token-refresher'],
  consumers: ['connector-registry'],
  data: credentialFact.extend({ expiresAt: moment.nullable() }),
});
/** It will stop working by itself at `expiresAt` unless a person connects again: nothing renews it. Told once for each such moment. */
export const credentialExpiring = defineEvent('evt.credential.expiring.v1', {
  producers: ['token-refresher'],
  consumers: ['connector-registry'],
  data: credentialFact.extend({ expiresAt: moment, /** Which token ends: the one that is used, which has no successor, or the one that renews it. */ what: z.enum(['access', 'refresh']) }),
});
export const credentialBroken = defineEvent('evt.credential.broken.v1', {
  producers: ['token-refresher'],
  consumers: ['connector-registry'],
  data: credentialFact.extend({ reason: statusReason }),
});
export const credentialRevoked = defineEvent('evt.credential.revoked.v1', {
  producers: ['token-refresher'],
  consumers: ['connector-registry', 'oauth-broker'],
  data: connectionFact.extend({ outcome: z.enum(['revoked', 'unsupported', 'failed']) }),
});
