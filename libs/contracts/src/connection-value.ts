import { z } from 'zod';
import type { AuthMethodName } from './connector.js';
import { signingKeyId } from './kit/ids.js';
import { secret } from './kit/secret.js';

/**
 * How a connection is authenticated. The three kinds of OAuth differ in whose OAuth app is used: the project's own (OAUTH2), the
 * platform's (PLATFORM_OAUTH2), or the installation's built-in one (CLOUD_OAUTH2). A PLACEHOLDER has no credential yet: its status is
 * `missing` until somebody connects it.
 */
export const connectionType = z.enum([
  'OAUTH2',
  'PLATFORM_OAUTH2',
  'CLOUD_OAUTH2',
  'SECRET_TEXT',
  'BASIC_AUTH',
  'CUSTOM_AUTH',
  'JWT_BEARER',
  'KEY_PAIR',
  'NO_AUTH',
  'PLACEHOLDER',
]);
export type ConnectionType = z.output<typeof connectionType>;
export const oauthConnectionType = z.enum(['OAUTH2', 'PLATFORM_OAUTH2', 'CLOUD_OAUTH2']);
export type OauthConnectionType = z.output<typeof oauthConnectionType>;

export const isOauth = (type: ConnectionType): type is OauthConnectionType => oauthConnectionType.safeParse(type).success;
/** What the connector's catalog entry calls it; null for a placeholder. */
export const authMethodOf = (type: ConnectionType): AuthMethodName | null => (type === 'PLACEHOLDER' ? null : isOauth(type) ? 'OAUTH2' : type);

/** A key as a person pastes it. Which members a connector wants is in its catalog entry. */
export const keyCredential = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('SECRET_TEXT'), secretText: secret() }),
  z.strictObject({ type: z.literal('BASIC_AUTH'), username: z.string().min(1).max(1_024), password: secret() }),
  z.strictObject({ type: z.literal('CUSTOM_AUTH'), props: z.record(z.string().max(64), secret()) }),
  /** RFC 7523: `props` are the connector's fields; the key is given here, or is one that was generated (its id). */
  z.strictObject({
    type: z.literal('JWT_BEARER'),
    props: z.record(z.string().max(64), secret()),
    privateKey: secret().optional(),
    signingKeyId: signingKeyId.optional(),
  }),
  /** SSH: the key is given here, with its passphrase if it has one, or is one that was generated (its id). */
  z.strictObject({
    type: z.literal('KEY_PAIR'),
    username: z.string().min(1).max(1_024),
    privateKey: secret().optional(),
    passphrase: secret().optional(),
    signingKeyId: signingKeyId.optional(),
  }),
  z.strictObject({ type: z.literal('NO_AUTH') }),
]);
export type KeyCredential = z.output<typeof keyCredential>;

/**
 * OAuth as a client brings it by itself (DESIGN §7.4): tokens it obtained elsewhere, or a code that is exchanged here. `clientId` and
 * `clientSecret` are needed for OAUTH2 and refused for the other two, whose apps are stored.
 */
export const oauthCredential = z.strictObject({
  type: oauthConnectionType,
  /** Which grant it is of, for connectors that know several. With `client_credentials` and no token the first one is asked for. */
  grantType: z.enum(['authorization_code', 'client_credentials']).optional(),
  clientId: z.string().min(1).max(1_024).optional(),
  clientSecret: secret().optional(),
  /** Must be the catalog's, where the catalog has one. */
  tokenUrl: z.url().max(2_048).optional(),
  redirectUrl: z.url().max(2_048).optional(),
  code: secret().optional(),
  codeVerifier: secret().optional(),
  accessToken: secret().optional(),
  refreshToken: secret().optional(),
  tokenType: z.string().max(64).optional(),
  /** Seconds the access token lives from `claimedAt`. */
  expiresIn: z.number().optional(),
  /** When the client got it, in milliseconds since 1970: a hint only, never believed beyond what the server's clock allows. */
  claimedAt: z.number().optional(),
  scopes: z.array(z.string().max(512)).max(200).optional(),
});
export type OauthCredential = z.output<typeof oauthCredential>;

export const connectionValue = z.discriminatedUnion('type', [oauthCredential, ...keyCredential.options, z.strictObject({ type: z.literal('PLACEHOLDER') })]);
export type ConnectionValue = z.output<typeof connectionValue>;
