import { z } from 'zod';
import { Secret, secret, signingKeyId, type ConnectionValue, type OauthCredential } from '@trunkline/contracts';

/** Names and values of an auth form: text, or what a form makes of numbers and switches. */
const scalar = z.union([z.string().max(65_536), z.number(), z.boolean()]);
const fields = z.record(z.string().min(1).max(64), scalar).refine((value) => Object.keys(value).length <= 64, 'must not have more than 64 members');

/** What an OAuth value carries beside the client: tokens that are ready, or a code that is exchanged here. */
const grant = {
  code: secret().optional(),
  code_verifier: secret().optional().describe('RFC 7636 `code_verifier`. The reference sends it under the name of the challenge; both are taken.'),
  code_challenge: secret().optional(),
  access_token: secret().optional(),
  refresh_token: secret().optional(),
  token_type: z.string().max(64).optional(),
  expires_in: z.number().min(0).max(1e10).optional(),
  claimed_at: z.number().min(0).max(1e15).optional().describe('Seconds or milliseconds since 1970; a hint only.'),
  scope: z.string().max(16_384).optional(),
  token_url: z.url().max(2_048).optional(),
  redirect_url: z.url().max(2_048).optional(),
  grant_type: z.string().regex(/^(authorization_code|client_credentials)$/i, 'must be AUTHORIZATION_CODE or CLIENT_CREDENTIALS').optional(),
  authorization_method: z.enum(['HEADER', 'BODY']).optional(),
  props: fields.optional().describe('The connector\'s inputs.'),
  data: z.record(z.string().max(256), z.json()).optional().describe('What else the provider answered. Taken and not kept: what is needed of it has members of its own.'),
};

export const appConnectionValue = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('OAUTH2'), client_id: z.string().min(1).max(1_024), client_secret: secret().optional(), ...grant }),
  z.strictObject({ type: z.literal('PLATFORM_OAUTH2'), client_id: z.string().max(1_024).optional(), ...grant }),
  z.strictObject({ type: z.literal('CLOUD_OAUTH2'), client_id: z.string().max(1_024).optional(), ...grant }),
  z.strictObject({ type: z.literal('SECRET_TEXT'), secret_text: secret() }),
  z.strictObject({ type: z.literal('BASIC_AUTH'), username: z.string().min(1).max(1_024), password: secret() }),
  z.strictObject({ type: z.literal('CUSTOM_AUTH'), props: fields }),
  z.strictObject({ type: z.literal('JWT_BEARER'), props: fields.optional(), private_key: secret().optional(), signing_key_id: signingKeyId.optional() }),
  z.strictObject({
    type: z.literal('KEY_PAIR'), username: z.string().min(1).max(1_024), private_key: secret().optional(), passphrase: secret().optional(), signing_key_id: signingKeyId.optional(),
  }),
  z.strictObject({ type: z.literal('NO_AUTH') }),
  z.strictObject({ type: z.literal('PLACEHOLDER') }),
]);
export type AppConnectionValue = z.output<typeof appConnectionValue>;

type Fields = Readonly<Record<string, z.output<typeof scalar>>>;
const secretsOf = (props: Fields): Record<string, Secret> => Object.fromEntries(Object.entries(props).map(([name, value]) => [name, new Secret(String(value))]));

/** The connector's inputs that came inside an OAuth value. */
export const inputsOf = (value: AppConnectionValue): Record<string, string> =>
  'props' in value && value.type !== 'CUSTOM_AUTH' && value.type !== 'JWT_BEARER'
    ? Object.fromEntries(Object.entries(value.props ?? {}).map(([name, given]) => [name, String(given)]))
    : {};

/** Below this a time since 1970 can only be meant in seconds: as milliseconds it would be before March 1973. */
const leastMilliseconds = 1e11;

/** The reference's snake_case value as the contracts have it. */
export function toConnectionValue(value: AppConnectionValue): ConnectionValue {
  switch (value.type) {
    case 'OAUTH2':
      return { type: value.type, clientId: value.client_id, clientSecret: value.client_secret, ...grantOf(value) };
    case 'PLATFORM_OAUTH2':
    case 'CLOUD_OAUTH2':
      // The app is a stored one; the client id the reference sends along decides nothing.
      return { type: value.type, ...grantOf(value) };
    case 'SECRET_TEXT':
      return { type: value.type, secretText: value.secret_text };
    case 'CUSTOM_AUTH':
      return { type: value.type, props: secretsOf(value.props) };
    case 'JWT_BEARER':
      return { type: value.type, props: secretsOf(value.props ?? {}), privateKey: value.private_key, signingKeyId: value.signing_key_id };
    case 'KEY_PAIR':
      return { type: value.type, username: value.username, privateKey: value.private_key, passphrase: value.passphrase, signingKeyId: value.signing_key_id };
    case 'BASIC_AUTH':
    case 'NO_AUTH':
    case 'PLACEHOLDER':
      return value;
  }
}

function grantOf(value: Extract<AppConnectionValue, { data?: unknown }>): Omit<OauthCredential, 'type' | 'clientId' | 'clientSecret'> {
  const { claimed_at: claimedAt, scope } = value;
  return {
    grantType: value.grant_type?.toLowerCase() as OauthCredential['grantType'],
    tokenUrl: value.token_url,
    redirectUrl: value.redirect_url,
    code: value.code,
    codeVerifier: value.code_verifier ?? value.code_challenge,
    accessToken: value.access_token,
    refreshToken: value.refresh_token,
    tokenType: value.token_type,
    expiresIn: value.expires_in,
    claimedAt: claimedAt !== undefined && claimedAt < leastMilliseconds ? claimedAt * 1_000 : claimedAt,
    scopes: scope?.split(/[\s,]+/).filter((name) => name !== ''),
  };
}
