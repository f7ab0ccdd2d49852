import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Secret } from '@trunkline/contracts';
import ssh2 from 'ssh2';
import { unlockKey } from './unlock-key.js';

/** A private key that cannot be used. The message is for people and holds nothing of the key. */
export class PrivateKeyError extends Error {
  override readonly name = 'PrivateKeyError';

  constructor(
    message: string,
    /** A passphrase would open it. */
    readonly locked = false,
  ) {
    super(message);
  }
}

const rsaBits = { least: 2_048, most: 8_192 };
const kinds: readonly (string | undefined)[] = ['rsa', 'ec', 'ed25519'];
const curves: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

const isEncryptedPem = (text: string): boolean => /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);
const isOpenSsh = (text: string): boolean => /-----BEGIN OPENSSH PRIVATE KEY-----|^PuTTY-User-Key-File-/m.test(text);

const passphraseMissing = () => new PrivateKeyError('the private key is protected by a passphrase; give the passphrase, or the key without one', true);
const unreadable = () => new PrivateKeyError('this is not a private key in PEM (PKCS#8, PKCS#1, SEC1) or OpenSSH form');
const unopened = {
  wrong: () => new PrivateKeyError('the passphrase does not open the private key'),
  slow: () => new PrivateKeyError('the private key takes too long to open; protect it with fewer rounds (ssh-keygen -p -a 16)'),
  unreadable,
};

/** OpenSSH's own form becomes PEM, which Node reads. The parser's messages tell the cases apart; none of them is passed on. */
function pemOfOpenSsh(text: string): string {
  const parsed = ssh2.utils.parseKey(text);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) throw /no passphrase given/i.test(key.message) ? passphraseMissing() : unreadable();
  if (key === undefined || !key.isPrivateKey()) throw unreadable();
  return key.getPrivatePEM();
}

function parse(text: string): KeyObject {
  if (isEncryptedPem(text)) throw passphraseMissing();
  const pem = isOpenSsh(text) ? pemOfOpenSsh(text) : text;
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    throw unreadable();
  }
}

/**
 * Reads a private key as people have them: PEM (PKCS#8, PKCS#1, SEC1) or OpenSSH, without passphrase.
 *
 * @throws PrivateKeyError if it cannot be read, is protected by a passphrase (`locked`), is too weak or of an unknown kind
 */
export function readPrivateKey(given: Secret): KeyObject {
  const key = parse(given.reveal().trim());
  const { asymmetricKeyType, asymmetricKeyDetails } = key;
  if (!kinds.includes(asymmetricKeyType)) throw new PrivateKeyError('the private key must be RSA, EC or Ed25519');
  const bits = asymmetricKeyType === 'rsa' ? (asymmetricKeyDetails?.modulusLength ?? 0) : rsaBits.least;
  if (bits < rsaBits.least) throw new PrivateKeyError(`the RSA key has ${bits} bits; it must have at least ${rsaBits.least}`);
  if (bits > rsaBits.most) throw new PrivateKeyError(`the RSA key has ${bits} bits; it must have at most ${rsaBits.most}`);
  if (asymmetricKeyType === 'ec' && !curves.includes(asymmetricKeyDetails?.namedCurve)) throw new PrivateKeyError('the EC key must be on P-256, P-384 or P-521');
  return key;
}

/**
 * The same for a key that may be protected by a passphrase.
 *
 * @throws PrivateKeyError
 */
export async function openPrivateKey(given: Secret, passphrase: Secret | null): Promise<KeyObject> {
  try {
    return readPrivateKey(given);
  } catch (error) {
    if (!(error instanceof PrivateKeyError && error.locked) || passphrase === null) throw error;
  }
  const text = given.reveal().trim();
  const unlocked = await unlockKey(text, passphrase, isOpenSsh(text));
  if ('failed' in unlocked) throw unopened[unlocked.failed]();
  return readPrivateKey(new Secret(unlocked.pem));
}

export const publicKeyOf = (privateKey: KeyObject): KeyObject => createPublicKey(privateKey);
