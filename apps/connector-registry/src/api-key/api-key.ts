import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { newId, Secret } from '@trunkline/contracts';

const idPrefix = 'key_';
const keyPrefix = 'tlk_';
/** `tlk_<tail of the id>.<256 bits, base64url>` */
const shape = /^tlk_([0-9a-f]{32})\.([A-Za-z0-9_-]{43})$/;

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time; digests have one length. */
export const sameDigest = (left: Uint8Array, right: Uint8Array): boolean => left.length === right.length && timingSafeEqual(left, right);

export interface MintedKey {
  readonly id: string;
  /** Shown once. */
  readonly key: Secret;
  /** What is kept. The secret half has 256 random bits, so a plain digest needs neither salt nor slowness. */
  readonly digest: Buffer;
}

export function mintApiKey(): MintedKey {
  const id = newId('apiKey');
  const secretHalf = randomBytes(32).toString('base64url');
  return { id, key: new Secret(`${keyPrefix}${id.slice(idPrefix.length)}.${secretHalf}`), digest: sha256(secretHalf) };
}

/** What a presented key says of itself; null if it is not one of ours. */
export function readApiKey(presented: Secret): { id: string; digest: Buffer } | null {
  const [, tail, secretHalf] = shape.exec(presented.reveal()) ?? [];
  return tail === undefined || secretHalf === undefined ? null : { id: `${idPrefix}${tail}`, digest: sha256(secretHalf) };
}
