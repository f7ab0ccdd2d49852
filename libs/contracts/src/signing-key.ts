import { z } from 'zod';
import { defineRpc } from './kit/define.js';
import { moment, platformId, projectId, signingKeyId } from './kit/ids.js';
import { secret } from './kit/secret.js';
import { principal } from './principal.js';

/** What a key signs: assertions (RFC 7518 §3.1, RFC 8037), or its user into an SSH server (RFC 4253 §6.6, RFC 8709). */
export const signingKeyAlgorithm = z.enum(['RS256', 'PS256', 'ES256', 'EdDSA', 'ssh-ed25519', 'ssh-rsa']);
export type SigningKeyAlgorithm = z.output<typeof signingKeyAlgorithm>;

/** A key pair of a project, or of a platform. The private half is sealed and is no member of anything here. */
export const signingKey = z.object({
  id: signingKeyId,
  platformId,
  /** Null: a key of the platform, for its own connections. */
  projectId: projectId.nullable(),
  displayName: z.string(),
  algorithm: signingKeyAlgorithm,
  /** SubjectPublicKeyInfo. */
  publicKeyPem: z.string(),
  /** RFC 7517, for a provider that takes a JWKS; null for SSH keys. */
  publicJwk: z.record(z.string(), z.string()).nullable(),
  /** The line for `authorized_keys`; null for keys that are not for SSH. */
  sshPublicKey: z.string().nullable(),
  /** Self-signed, for a provider that wants a certificate (NetSuite); null for SSH keys. */
  certificatePem: z.string().nullable(),
  /** `SHA256:…` as ssh-keygen prints it, or the JWK thumbprint (RFC 7638). */
  fingerprint: z.string(),
  created: moment,
});
export type SigningKey = z.output<typeof signingKey>;

export const newSigningKey = z.strictObject({
  displayName: z.string().trim().min(1).max(200),
  algorithm: signingKeyAlgorithm,
  /** Left out: a key is generated. PEM (PKCS#8, PKCS#1, SEC1) or OpenSSH, without passphrase. */
  privateKey: secret(z.string().min(1).max(32_768)).optional(),
});

const keeper = { server: 'token-refresher', callers: ['gateway'] } as const;

export const signingKeys = {
  create: defineRpc('rpc.signing_keys.create', {
    ...keeper,
    deadlineMs: 15_000,
    request: z.object({ principal, signingKey: newSigningKey }),
    reply: signingKey,
    errors: ['AUTHORIZATION'],
  }),
  list: defineRpc('rpc.signing_keys.list', {
    ...keeper,
    request: z.object({ principal }),
    reply: z.object({ signingKeys: z.array(signingKey) }),
    errors: ['AUTHORIZATION'],
  }),
  get: defineRpc('rpc.signing_keys.get', {
    ...keeper,
    request: z.object({ principal, id: signingKeyId }),
    reply: signingKey,
    errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND'],
  }),
  /** Destroys the private half. Refused while a credential uses it. */
  delete: defineRpc('rpc.signing_keys.delete', {
    ...keeper,
    request: z.object({ principal, id: signingKeyId }),
    reply: signingKey,
    errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND'],
  }),
};
