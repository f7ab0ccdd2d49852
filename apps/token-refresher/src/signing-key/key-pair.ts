import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { PrivateKeyError, readPrivateKey } from '@trunkline/connector-kit';
import type { Secret, SigningKeyAlgorithm } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

const rsaBits = 3_072;
const generate = promisify(generateKeyPair);

const kindOf: Readonly<Record<SigningKeyAlgorithm, 'rsa' | 'ec' | 'ed25519'>> = {
  RS256: 'rsa',
  PS256: 'rsa',
  ES256: 'ec',
  EdDSA: 'ed25519',
  'ssh-ed25519': 'ed25519',
  'ssh-rsa': 'rsa',
};
const nameOf = { rsa: 'an RSA key', ec: 'an EC key on P-256', ed25519: 'an Ed25519 key' } as const;

/** Off the event loop: an RSA key takes a second. */
export async function generatedKey(algorithm: SigningKeyAlgorithm): Promise<KeyObject> {
  switch (kindOf[algorithm]) {
    case 'rsa':
      return (await generate('rsa', { modulusLength: rsaBits })).privateKey;
    case 'ec':
      return (await generate('ec', { namedCurve: 'P-256' })).privateKey;
    case 'ed25519':
      return (await generate('ed25519')).privateKey;
  }
}

/** @throws AppError VALIDATION if the text is no key, is locked or weak, or not of the kind the algorithm needs */
export function uploadedKey(algorithm: SigningKeyAlgorithm, privateKey: Secret): KeyObject {
  const invalid = (message: string) => new AppError('VALIDATION', `The private key cannot be used: ${message}.`, { params: { issues: [{ path: 'privateKey', message }] } });
  const key = read(privateKey, invalid);
  const kind = kindOf[algorithm];
  const fits = key.asymmetricKeyType === kind && (kind !== 'ec' || key.asymmetricKeyDetails?.namedCurve === 'prime256v1');
  if (!fits) throw invalid(`${algorithm} needs ${nameOf[kind]}`);
  return key;
}

function read(privateKey: Secret, invalid: (message: string) => AppError): KeyObject {
  try {
    return readPrivateKey(privateKey);
  } catch (error) {
    if (!(error instanceof PrivateKeyError)) throw error;
    throw invalid(error.locked ? 'it is protected by a passphrase; remove the passphrase (ssh-keygen -p, openssl pkey), the key is sealed here' : error.message);
  }
}

/** RFC 7638: the members that make the key, in this order. */
export function thumbprint(jwk: Readonly<Record<string, string>>): string {
  const members = ['crv', 'e', 'kty', 'n', 'x', 'y'].filter((name) => jwk[name] !== undefined);
  return createHash('sha256').update(JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])))).digest('base64url');
}
