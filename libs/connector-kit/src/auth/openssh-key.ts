import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** RFC 4251 §5 `string`. */
function sized(bytes: string | Uint8Array): Buffer {
  const content = Buffer.from(bytes as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** The last 32 octets of an Ed25519 key's DER are the key itself (RFC 8410 §4, §7). */
const rawOf = (der: Buffer): Buffer => der.subarray(der.length - 32);
const blockSize = 8;

/** OpenSSH's PROTOCOL.key: one unencrypted Ed25519 key, which has no PEM form that SSH programs read. */
function opensshEd25519(key: KeyObject, publicKey: KeyObject): string {
  const name = 'ssh-ed25519';
  const open = rawOf(publicKey.export({ type: 'spki', format: 'der' }));
  const seed = rawOf(key.export({ type: 'pkcs8', format: 'der' }));
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, sized(name), sized(open), sized(Buffer.concat([seed, open])), sized('')]);
  const padding = Buffer.from(Array.from({ length: (blockSize - (secret.length % blockSize)) % blockSize }, (_, index) => index + 1));
  const count = Buffer.from([0, 0, 0, 1]);
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sized('none'),
    sized('none'),
    sized(''),
    count,
    sized(Buffer.concat([sized(name), sized(open)])),
    sized(Buffer.concat([secret, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** A private key in a form every SSH program reads. They do not read PKCS#8. */
export function sshPrivateKey(key: KeyObject, publicKey: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }) as string;
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }) as string;
    default:
      return opensshEd25519(key, publicKey);
  }
}
