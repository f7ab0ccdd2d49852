import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** AES-256-GCM with the sizes of NIST SP 800-38D section 8: 96-bit nonce, 128-bit tag. */
export const nonceBytes = 12;
export const tagBytes = 16;
const cipherName = 'aes-256-gcm';

/**
 * Write nonce, ciphertext and tag after `header`. The nonce is random: with one key at most 2^32 values may be sealed (SP 800-38D section 8.3),
 * which a tenant's credentials do not reach; rotate the data key long before.
 */
export function encrypt(key: KeyObject, header: Uint8Array, associated: Uint8Array, plaintext: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associated);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([header, nonce, ciphertext, cipher.getAuthTag()]);
}

/** The plaintext of what {@link encrypt} wrote after a header of `headerBytes`, or undefined when any bit of it, or of `associated`, is another. */
export function decrypt(key: KeyObject, headerBytes: number, associated: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  const from = headerBytes + nonceBytes;
  const to = sealed.length - tagBytes;
  if (to < from) return undefined;
  const decipher = createDecipheriv(cipherName, key, sealed.subarray(headerBytes, from), { authTagLength: tagBytes });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(to));
  try {
    const plaintext = decipher.update(sealed.subarray(from, to));
    decipher.final();
    return plaintext;
  } catch {
    // OpenSSL says no more than "unable to authenticate", and no more may be said.
    return undefined;
  }
}
