import type { DataKeyStore, StoredDataKey } from './data-key-store.js';

/** Keeps data keys as long as the process lives: for tests. Bytes are copied in and out, as a database would. */
export class MemoryDataKeyStore implements DataKeyStore {
  readonly #tenants = new Map<string, Map<number, StoredDataKey>>();

  async findPrimary(tenant: string): Promise<StoredDataKey | null> {
    const versions = [...(this.#tenants.get(tenant)?.keys() ?? [])];
    return versions.length === 0 ? null : this.find(tenant, Math.max(...versions));
  }

  async find(tenant: string, version: number): Promise<StoredDataKey | null> {
    const key = this.#tenants.get(tenant)?.get(version);
    return key ? copy(key) : null;
  }

  async insert(key: StoredDataKey): Promise<StoredDataKey> {
    const keys = this.#tenants.get(key.tenant) ?? new Map<number, StoredDataKey>();
    this.#tenants.set(key.tenant, keys);
    const winner = keys.get(key.version) ?? copy(key);
    keys.set(key.version, winner);
    return copy(winner);
  }

  /** How many keys there are, of one tenant or of all. */
  count(tenant?: string): number {
    if (tenant !== undefined) return this.#tenants.get(tenant)?.size ?? 0;
    return [...this.#tenants.values()].reduce((sum, keys) => sum + keys.size, 0);
  }

  /** Destroy a tenant's keys: what was sealed for it can never be opened again. */
  shred(tenant: string): void {
    this.#tenants.delete(tenant);
  }
}

const copy = (key: StoredDataKey): StoredDataKey => ({ ...key, wrapped: Uint8Array.from(key.wrapped) });
