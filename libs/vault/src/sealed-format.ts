import { associatedData } from './associated-data.js';
import { nonceBytes, tagBytes } from './gcm.js';
import { VaultError } from './vault-error.js';

/** Whose secret it is and where it belongs. A sealed value opens in exactly the context it was sealed in. */
export interface SealContext {
  readonly tenant: string;
  /** What the secret belongs to, for example a connection's id. */
  readonly subject: string;
  /** Which of its secrets, for example `access_token`. */
  readonly field: string;
}

/** 1 byte format | 4 bytes data key version, big endian | 12 bytes nonce | ciphertext | 16 bytes tag */
const format = 1;
export const headerBytes = 5;
/** What sealing adds to a plaintext's length. */
export const sealedOverhead = headerBytes + nonceBytes + tagBytes;

export function sealedHeader(keyVersion: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header[0] = format;
  header.writeUInt32BE(keyVersion, 1);
  return header;
}

/** The format is in the label and the key version at the end, so that the header is authenticated as well. */
export const sealedContext = ({ tenant, subject, field }: SealContext, keyVersion: number): Buffer =>
  associatedData('trunkline sealed v1', [['tenant', tenant], ['subject', subject], ['field', field]], keyVersion);

/**
 * The data key version a sealed value names, for finding values to re-seal after a rotation. Pure; nothing is authenticated by it.
 *
 * @throws VaultError `VAULT_SEALED_CORRUPT` when the bytes are no sealed value
 */
export function sealedKeyVersion(sealed: Uint8Array): number {
  if (sealed.length < sealedOverhead || sealed[0] !== format) throw corrupt();
  return new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength).getUint32(1);
}

/** One error for every reason: telling tampered from moved would tell an attacker which of the two to mend. */
export const corrupt = (): VaultError =>
  new VaultError('VAULT_SEALED_CORRUPT', 'the sealed value does not open in this context: it was changed, cut, or sealed for another tenant, subject or field');
