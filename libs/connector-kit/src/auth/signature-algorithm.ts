import type { KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from '@trunkline/catalog';

/** Algorithms by kind of key (RFC 7518 §3.1, RFC 8037 §3.1). ES256 is P-256 and no other curve. */
export function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly SignatureAlgorithm[] {
  if (asymmetricKeyType === 'rsa') return ['RS256', 'PS256'];
  if (asymmetricKeyType === 'ed25519') return ['EdDSA'];
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1' ? ['ES256'] : [];
}

/** Of those a provider takes the wanted one, or else the first that fits the key; undefined if none does. */
export function fittingAlgorithm(taken: readonly SignatureAlgorithm[], key: KeyObject, wanted?: string): SignatureAlgorithm | undefined {
  const possible = taken.filter((algorithm) => algorithmsOf(key).includes(algorithm));
  return possible.find((algorithm) => algorithm === wanted) ?? possible[0];
}
