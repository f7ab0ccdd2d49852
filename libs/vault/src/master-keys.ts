/** A data key as a master key gives it out: `wrapped` means nothing without the master key of that version. */
export interface WrappedKey {
  readonly version: number;
  readonly wrapped: Uint8Array;
}

/**
 * Port: the master keys. {@link MasterKeyRing} holds them in memory, {@link AwsMasterKeys} asks AWS KMS, {@link TransitMasterKeys} HashiCorp
 * Vault; `master-keys.spec.ts` says what each of them must do.
 */
export interface MasterKeys {
  /** The version new keys are wrapped with at this moment: a whole number from 1. */
  primaryVersion(): Promise<number>;
  /**
   * Wrap with the primary key. `context` is authenticated: the same text must be given to unwrap.
   *
   * @throws VaultError `VAULT_UNAVAILABLE`
   */
  wrap(dataKey: Uint8Array, context: string): Promise<WrappedKey>;
  /**
   * @throws VaultError `VAULT_KEY_UNKNOWN` without that version, `VAULT_SEALED_CORRUPT` when bytes or context are others, `VAULT_UNAVAILABLE`
   *   when it cannot be told
   */
  unwrap(wrapped: WrappedKey, context: string): Promise<Uint8Array>;
}

/** First byte of a wrapped key: by what it was wrapped. A key is never tried with something else. */
export const wrappedBy = { ring: 1, aws: 2, transit: 3 } as const;
