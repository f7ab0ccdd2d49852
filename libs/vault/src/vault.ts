import { loneSurrogate } from './associated-data.js';
import { DataKeys, type DataKey } from './data-keys.js';
import type { DataKeyStore } from './data-key-store.js';
import { decrypt, encrypt } from './gcm.js';
import type { MasterKeys } from './master-keys.js';
import { corrupt, headerBytes, sealedContext, sealedHeader, sealedKeyVersion } from './sealed-format.js';
import type { SealContext } from './sealed-format.js';

export interface VaultOptions {
  readonly masterKeys: MasterKeys;
  readonly dataKeys: DataKeyStore;
  /** Data keys kept opened in memory. Default 10000 (about 2 MB). */
  readonly cacheSize?: number;
  /** Milliseconds after which sealing asks the store again which key version is primary. Default 60000. */
  readonly primaryMaxAgeMs?: number;
}

export interface Vault {
  /**
   * Encrypt for one context. Text is taken as UTF-8.
   *
   * @param atLeastVersion of the data key; for whoever seals anew and has seen a newer key than this process may know
   * @throws TypeError for an empty context part, or text with a lone surrogate (UTF-8 cannot carry it back)
   * @throws VaultError `VAULT_KEY_UNKNOWN` or `VAULT_SEALED_CORRUPT` when the tenant's data key cannot be opened
   */
  seal(context: SealContext, plaintext: string | Uint8Array, atLeastVersion?: number): Promise<Uint8Array>;
  /**
   * The same with the data key that sealed those bytes: no I/O if they were opened lately. For what must be kept while the store is away;
   * to be sealed anew when it is back, since a key that was replaced is destroyed some time after.
   */
  sealLike(context: SealContext, plaintext: string | Uint8Array, like: Uint8Array): Promise<Uint8Array>;
  /**
   * Decrypt. Once the tenant's key is warm nothing is awaited but the promise itself: one GCM decryption, no I/O.
   *
   * @throws VaultError `VAULT_SEALED_CORRUPT` for bytes that were changed or belong to another context, `VAULT_KEY_UNKNOWN` without the key
   */
  open(context: SealContext, sealed: Uint8Array): Promise<Uint8Array>;
  /** The same as UTF-8 text. */
  openText(context: SealContext, sealed: Uint8Array): Promise<string>;
  /**
   * Give the tenant a new data key and seal with it. Other processes follow within `primaryMaxAgeMs` (within twice that time if the master
   * keys are out of reach); reading older versions goes on. Values are re-sealed by whoever stores them: those whose `sealedKeyVersion` is
   * below the returned one, in compare-and-set batches.
   *
   * @param from the version that is to be succeeded; of any number of callers who name the same one, one makes its successor and all use it
   * @returns the new version
   */
  rotateDataKey(tenant: string, from?: number): Promise<number>;
  /** Drop the tenant's keys from memory, after they were destroyed in the store (crypto-shredding), or its primary to be read again. */
  forget(tenant: string): void;
}

/** Envelope encryption: a master key wraps a data key per tenant, the data key seals the tenant's secrets (AES-256-GCM). No plaintext path. */
export function createVault({ masterKeys, dataKeys, cacheSize = 10_000, primaryMaxAgeMs = 60_000 }: VaultOptions): Vault {
  if (!Number.isInteger(cacheSize) || cacheSize < 1) throw new RangeError('vault option cacheSize must be a whole number from 1');
  if (!(primaryMaxAgeMs >= 0)) throw new RangeError('vault option primaryMaxAgeMs must be a number from 0');
  const keys = new DataKeys(masterKeys, dataKeys, cacheSize, primaryMaxAgeMs);

  const sealWith = async (context: SealContext, plaintext: string | Uint8Array, dataKey: () => Promise<DataKey>): Promise<Uint8Array> => {
    if (typeof plaintext === 'string' && loneSurrogate.test(plaintext)) throw new TypeError('the text to seal has a lone surrogate; seal its bytes instead');
    sealedContext(context, 0); // a context that cannot be sealed must not make a tenant a key
    const { version, key } = await dataKey();
    return encrypt(key, sealedHeader(version), sealedContext(context, version), typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext);
  };

  const open = async (context: SealContext, sealed: Uint8Array): Promise<Buffer> => {
    const version = sealedKeyVersion(sealed);
    const associated = sealedContext(context, version);
    const { key } = await keys.of(context.tenant, version);
    const plaintext = decrypt(key, headerBytes, associated, sealed);
    if (!plaintext) throw corrupt();
    return plaintext;
  };

  return {
    seal: (context, plaintext, atLeastVersion) => sealWith(context, plaintext, () => keys.primary(context.tenant, atLeastVersion)),
    sealLike: (context, plaintext, like) => sealWith(context, plaintext, () => keys.of(context.tenant, sealedKeyVersion(like))),
    open,
    openText: async (context, sealed) => (await open(context, sealed)).toString('utf8'),
    rotateDataKey: async (tenant, from) => (await keys.rotate(tenant, from)).version,
    forget: (tenant) => keys.forget(tenant),
  };
}
