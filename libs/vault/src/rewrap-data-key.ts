import { wrappingContext } from './data-keys.js';
import type { StoredDataKey } from './data-key-store.js';
import type { MasterKeys } from './master-keys.js';

/**
 * The same data key under the primary master key, for master-key rotation: nothing that was sealed changes. Returns `stored` itself when it
 * is there already. Writing it back is the caller's (compare and set on `masterVersion`); no store is touched here.
 *
 * @throws VaultError `VAULT_KEY_UNKNOWN` or `VAULT_SEALED_CORRUPT` when the old master key does not open it
 */
export async function rewrapDataKey(masterKeys: MasterKeys, stored: StoredDataKey): Promise<StoredDataKey> {
  if (stored.masterVersion === masterKeys.primaryVersion()) return stored;
  const context = wrappingContext(stored.tenant, stored.version);
  const dataKey = await masterKeys.unwrap({ version: stored.masterVersion, wrapped: stored.wrapped }, context);
  try {
    const { version, wrapped } = await masterKeys.wrap(dataKey, context);
    return { ...stored, masterVersion: version, wrapped };
  } finally {
    dataKey.fill(0);
  }
}
