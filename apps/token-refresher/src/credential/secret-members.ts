import { createHash } from 'node:crypto';
import { z } from 'zod';
import { keyCredential, secret } from '@trunkline/contracts';

const [secretText, basicAuth, customAuth, jwtBearer, keyPair, noAuth] = keyCredential.options;
/** The host key the server showed when the credential was verified over SSH. */
const hostKey = z.string().max(128).nullable();

/** Everything of a credential that is secret. It is sealed as one value, so that no part can be exchanged for another one's. */
export const secretMembers = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('OAUTH2'),
    accessToken: secret(),
    refreshToken: secret().nullable(),
    /** How it was had, where no person consented: asking again is the way to renew it. */
    grantType: z.literal('client_credentials').optional(),
  }),
  secretText,
  basicAuth.extend({ hostKey: hostKey.optional() }),
  customAuth,
  /** The access token the assertion was last exchanged for, with what the next one is signed from. */
  jwtBearer.extend({ accessToken: secret() }),
  keyPair.extend({ hostKey }),
  noAuth,
]);
export type SecretMembers = z.output<typeof secretMembers>;
export type OauthMembers = Extract<SecretMembers, { type: 'OAUTH2' }>;
export type AssertionSecrets = Extract<SecretMembers, { type: 'JWT_BEARER' }>;
/** Those that are renewed. */
export type TokenMembers = OauthMembers | AssertionSecrets;

export const hasAccessToken = (members: SecretMembers): members is TokenMembers => members.type === 'OAUTH2' || members.type === 'JWT_BEARER';

/** The form that is sealed. The only copy in plain bytes; callers seal it at once. */
export const toPlainBytes = (members: SecretMembers): Buffer => Buffer.from(JSON.stringify(z.encode(secretMembers, members)), 'utf8');

/** @throws if the bytes are not a credential: the seal fits but the content does not, which no caller can mend */
export function fromPlainBytes(bytes: Uint8Array): SecretMembers {
  const members = secretMembers.safeDecode(JSON.parse(Buffer.from(bytes).toString('utf8')) as never);
  // The parser's own error could quote the value.
  if (!members.success) throw new Error('A sealed credential was opened but does not have the expected members');
  return members.data;
}

/** SHA-256, hex: names a token without telling it. */
export const digestOf = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex');
