import { createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { BoundedCache } from './bounded-cache.js';
import type { DataKeyStore, StoredDataKey } from './data-key-store.js';
import type { MasterKeys } from './master-keys.js';
import { VaultError } from './vault-error.js';

const dataKeyBytes = 32;

/** An opened data key, ready for use. */
export interface DataKey {
  readonly version: number;
  readonly key: KeyObject;
}

/** What the wrapping of a data key is bound to: it opens for no other tenant and under no other version. Pure. */
export const wrappingContext = (tenant: string, version: number): string => JSON.stringify({ tenant, version });

/**
 * The tenants' data keys, opened at most once per process while they stay in the cache.
 *
 * Concurrent first uses share one load, so a new tenant gets one key from this process; among processes the store's uniqueness decides, and
 * everybody uses the winner as it was stored, never the key it made itself.
 */
export class DataKeys {
  readonly #opened: BoundedCache<string, DataKey>;
  readonly #primaries: BoundedCache<string, { version: number; readAt: number }>;
  readonly #loading = new Map<string, Promise<DataKey>>();
  /** Raised by forget: what was being loaded then must not enter the cache afterwards. */
  #epoch = 0;

  constructor(
    private readonly masterKeys: MasterKeys,
    private readonly store: DataKeyStore,
    cacheSize: number,
    private readonly primaryMaxAgeMs: number,
  ) {
    this.#opened = new BoundedCache(cacheSize);
    this.#primaries = new BoundedCache(cacheSize);
  }

  /**
   * The key of that version; without any I/O when it is warm.
   *
   * @throws VaultError `VAULT_KEY_UNKNOWN` when the tenant has no key of that version
   */
  of(tenant: string, version: number): Promise<DataKey> {
    const name = cacheKey(tenant, version);
    const warm = this.#opened.get(name);
    return warm ? Promise.resolve(warm) : this.#once(name, async (epoch) => this.#keep(await this.#find(tenant, version), epoch));
  }

  /**
   * The key to seal with; made on first use. Its version is read anew after `primaryMaxAgeMs`, so that a rotation elsewhere is noticed. If
   * the newer key cannot be opened just then, the former serves once more as long: nobody seals with it after twice that time.
   *
   * @param atLeast a version the caller knows to be there; with an older one it is not served
   */
  primary(tenant: string, atLeast = 0): Promise<DataKey> {
    const known = this.#primaries.get(tenant);
    if (known && known.version >= atLeast && performance.now() - known.readAt < this.primaryMaxAgeMs) return this.of(tenant, known.version);
    return this.#once(`primary:${atLeast}:${tenant}`, async (epoch) => {
      const stored = (await this.store.findPrimary(tenant)) ?? (await this.#create(tenant, 1));
      try {
        return await this.#keepPrimary(stored, epoch);
      } catch (error) {
        // A newer key was made elsewhere and whoever holds the master keys is away: a token that was just issued must not be lost for it.
        if (!isUnavailable(error) || known === undefined || known.version < atLeast || performance.now() - known.readAt > 2 * this.primaryMaxAgeMs) throw error;
        return this.of(tenant, known.version);
      }
    });
  }

  /** Make the version after `from` and seal with it from now on. */
  rotate(tenant: string, from?: number): Promise<DataKey> {
    return this.#once(`rotate:${tenant}`, async (epoch) => {
      const current = from ?? (await this.store.findPrimary(tenant))?.version ?? 0;
      return this.#keepPrimary(await this.#create(tenant, current + 1), epoch);
    });
  }

  forget(tenant: string): void {
    this.#epoch += 1;
    this.#loading.clear();
    this.#primaries.delete(tenant);
    this.#opened.deleteWhere((key) => tenantOf(key) === tenant);
  }

  async #find(tenant: string, version: number): Promise<StoredDataKey> {
    const stored = await this.store.find(tenant, version);
    if (stored) return stored;
    const why = "it was destroyed or not restored, or the sealed value is not this tenant's";
    throw new VaultError('VAULT_KEY_UNKNOWN', `there is no data key version ${version} for tenant ${tenant}: ${why}`);
  }

  async #create(tenant: string, version: number): Promise<StoredDataKey> {
    const fresh = randomBytes(dataKeyBytes);
    try {
      const { version: masterVersion, wrapped } = await this.masterKeys.wrap(fresh, wrappingContext(tenant, version));
      return await this.store.insert({ tenant, version, masterVersion, wrapped });
    } finally {
      fresh.fill(0);
    }
  }

  async #keepPrimary(stored: StoredDataKey, epoch: number): Promise<DataKey> {
    const dataKey = this.#opened.get(cacheKey(stored.tenant, stored.version)) ?? (await this.#keep(stored, epoch));
    if (epoch === this.#epoch) this.#primaries.set(stored.tenant, { version: stored.version, readAt: performance.now() });
    return dataKey;
  }

  async #keep(stored: StoredDataKey, epoch: number): Promise<DataKey> {
    const dataKey = { version: stored.version, key: await openDataKey(this.masterKeys, stored) };
    if (epoch === this.#epoch) this.#opened.set(cacheKey(stored.tenant, stored.version), dataKey);
    return dataKey;
  }

  #once(name: string, load: (epoch: number) => Promise<DataKey>): Promise<DataKey> {
    const running = this.#loading.get(name);
    if (running) return running;
    const loading = load(this.#epoch).finally(() => {
      if (this.#loading.get(name) === loading) this.#loading.delete(name);
    });
    this.#loading.set(name, loading);
    return loading;
  }
}

async function openDataKey(masterKeys: MasterKeys, { tenant, version, masterVersion, wrapped }: StoredDataKey): Promise<KeyObject> {
  const bytes = await masterKeys.unwrap({ version: masterVersion, wrapped }, wrappingContext(tenant, version));
  try {
    if (bytes.length === dataKeyBytes) return createSecretKey(bytes);
    throw new VaultError('VAULT_SEALED_CORRUPT', `data key version ${version} of tenant ${tenant} is not ${dataKeyBytes} bytes long`);
  } finally {
    bytes.fill(0);
  }
}

const isUnavailable = (error: unknown): boolean => error instanceof VaultError && error.code === 'VAULT_UNAVAILABLE';
const cacheKey = (tenant: string, version: number): string => `${version}:${tenant}`;
const tenantOf = (key: string): string => key.slice(key.indexOf(':') + 1);
