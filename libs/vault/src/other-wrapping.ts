import { wrappedBy } from './master-keys.js';
import { VaultError } from './vault-error.js';

const words: Readonly<Record<number, string>> = {
  [wrappedBy.ring]: 'a master key of our own (TRUNKLINE_KMS=local)',
  [wrappedBy.aws]: 'AWS KMS (TRUNKLINE_KMS=aws)',
  [wrappedBy.transit]: 'Vault transit (TRUNKLINE_KMS=vault)',
};

/** A data key that was wrapped by something else than what is configured: an operator's mistake, told as one. */
export function otherWrapping(wrapped: Uint8Array): VaultError {
  const by = words[wrapped[0] ?? 0];
  if (by === undefined) return new VaultError('VAULT_SEALED_CORRUPT', 'a wrapped data key is not what was written');
  return new VaultError('VAULT_KEY_UNKNOWN', `a data key was wrapped by ${by}, which is not what is configured now`);
}
