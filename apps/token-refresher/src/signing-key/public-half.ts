import { createHash, type KeyObject } from 'node:crypto';
import { publicKeyOf } from '@trunkline/connector-kit';
import type { SigningKey, SigningKeyAlgorithm } from '@trunkline/contracts';
import { thumbprint } from './key-pair.js';
import { selfSignedCertificate } from './self-signed-certificate.js';
import { isSshAlgorithm } from './signing-key.js';

type PublicHalf = Pick<SigningKey, 'publicKeyPem' | 'publicJwk' | 'sshPublicKey' | 'certificatePem' | 'fingerprint'>;

/** RFC 4251 §5 `string`. */
function sized(bytes: string | Uint8Array): Buffer {
  const content = Buffer.from(bytes as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** RFC 4251 §5 `mpint`: a leading bit that is set would make it negative. */
const mpint = (unsigned: Buffer): Buffer => sized(unsigned[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), unsigned]) : unsigned);

/** RFC 4253 §6.6, RFC 8709 §4. */
function sshBlob(algorithm: SigningKeyAlgorithm, jwk: Readonly<Record<string, string>>): Buffer {
  const part = (name: string) => Buffer.from(jwk[name] ?? '', 'base64url');
  return Buffer.concat(algorithm === 'ssh-rsa' ? [sized(algorithm), mpint(part('e')), mpint(part('n'))] : [sized(algorithm), sized(part('x'))]);
}

/** Everything people register at a provider or server, each in the form it is wanted in. */
export async function publicHalf(id: string, algorithm: SigningKeyAlgorithm, privateKey: KeyObject): Promise<PublicHalf> {
  const publicKey = publicKeyOf(privateKey);
  const jwk = publicKey.export({ format: 'jwk' }) as Record<string, string>;
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  if (isSshAlgorithm(algorithm)) {
    const blob = sshBlob(algorithm, jwk);
    const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
    return { publicKeyPem, publicJwk: null, sshPublicKey: `${algorithm} ${blob.toString('base64')} ${id}`, certificatePem: null, fingerprint };
  }
  return {
    publicKeyPem,
    publicJwk: { ...jwk, kid: id, alg: algorithm, use: 'sig' },
    sshPublicKey: null,
    certificatePem: await selfSignedCertificate(id, algorithm, privateKey),
    fingerprint: thumbprint(jwk),
  };
}
