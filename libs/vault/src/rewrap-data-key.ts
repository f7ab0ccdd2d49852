import { wrappingContext } from './data-keys.js';
import type { StoredDataKey } from './data-key-store.js';
import type { MasterKeys } from './master-keys.js';

/**
 * The same data key under the primary master key, for master-key rotation: nothing that was sealed changes. Returns `stored` itself when it
 * is there already. Writing it back is the caller's (compare and set on `masterVersion`); no store is touched here.
 *
 * @param primary the primary version, if it was just asked for
 * @throws VaultError `VAULT_UNAVAILABLE`; `VAULT_KEY_UNKNOWN` or `VAULT_SEALED_CORRUPT` when the old master key does not open it
 */
export async function rewrapDataKey(masterKeys: MasterKeys, stored: StoredDataKey, primary?: number): Promise<StoredDataKey> {
  if (stored.masterVersion === (primary ?? (await masterKeys.primaryVersion()))) return stored;
  const dataKey = await unwrapDataKey(masterKeys, stored);
  try {
    const { version, wrapped } = await masterKeys.wrap(dataKey, wrappingContext(stored.tenant, stored.version));
    return { ...stored, masterVersion: version, wrapped };
  } finally {
    dataKey.fill(0);
  }
}

/**
 * The key itself; the caller overwrites it when done.
 *
 * @throws VaultError `VAULT_UNAVAILABLE`; `VAULT_KEY_UNKNOWN` or `VAULT_SEALED_CORRUPT` when the master key does not open it
 */
export const unwrapDataKey = (masterKeys: MasterKeys, { tenant, version, masterVersion, wrapped }: StoredDataKey): Promise<Uint8Array> =>
  masterKeys.unwrap({ version: masterVersion, wrapped }, wrappingContext(tenant, version));
