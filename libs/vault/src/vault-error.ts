/**
 * - `VAULT_KEY_MISSING`: there is no usable master key in the configuration. The process must not start.
 * - `VAULT_KEY_UNKNOWN`: a key that is named is not there: the data key's row is gone (shredded, or an incomplete restore), or the master key
 *   version that wraps it is not in the configuration.
 * - `VAULT_SEALED_CORRUPT`: the sealed bytes, or a wrapped data key, are not what was written for this context. Tampering and moving a value to
 *   another tenant, subject or field are told alike.
 * - `VAULT_UNAVAILABLE`: whoever holds the master keys does not answer, or refuses us just now. Nothing is wrong with the value; the same call
 *   may succeed later.
 */
export type VaultErrorCode = 'VAULT_KEY_MISSING' | 'VAULT_KEY_UNKNOWN' | 'VAULT_SEALED_CORRUPT' | 'VAULT_UNAVAILABLE';

/** The one error of this package. Its message has names and versions at most, never key bytes, plaintext or the text of the configuration. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
