/** A data key as a master key gives it out: `wrapped` means nothing without the master key of that version. */
export interface WrappedKey {
  readonly version: number;
  readonly wrapped: Uint8Array;
}

/**
 * Port: the master keys. {@link MasterKeyRing} holds them in memory; AWS KMS (Encrypt/Decrypt with the context as encryption context) and
 * Vault transit (encrypt/decrypt with associated_data, `version` from `vault:vN:`) fit behind it.
 */
export interface MasterKeys {
  /** The version new keys are wrapped with: a whole number from 1. */
  primaryVersion(): number;
  /** Wrap with the primary key. `context` is authenticated: the same text must be given to unwrap. */
  wrap(dataKey: Uint8Array, context: string): Promise<WrappedKey>;
  /** @throws VaultError `VAULT_KEY_UNKNOWN` without that version, `VAULT_SEALED_CORRUPT` when bytes or context are others */
  unwrap(wrapped: WrappedKey, context: string): Promise<Uint8Array>;
}
