/** A tenant's data key as it lies in the store: only ever wrapped. */
export interface StoredDataKey {
  readonly tenant: string;
  /** From 1, without gaps; the highest is the one to seal with. */
  readonly version: number;
  /** Which master key wraps it. */
  readonly masterVersion: number;
  readonly wrapped: Uint8Array;
}

/** Port: where data keys are kept. (tenant, version) is unique. `data-key-store.suite.ts` says what every adapter must do. */
export interface DataKeyStore {
  /** The tenant's key of the highest version. */
  findPrimary(tenant: string): Promise<StoredDataKey | null>;
  find(tenant: string, version: number): Promise<StoredDataKey | null>;
  /**
   * Add a key and return the one that is stored under its tenant and version afterwards, durably: its own, or that of whoever came first. An
   * existing key is never replaced, for values sealed with it would be lost.
   */
  insert(key: StoredDataKey): Promise<StoredDataKey>;
}
