import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { associatedData } from './associated-data.js';
import { decrypt, encrypt } from './gcm.js';
import { wrappedBy, type MasterKeys, type WrappedKey } from './master-keys.js';
import { otherWrapping } from './other-wrapping.js';
import { missing, primaryOf, versioned } from './versioned.js';
import { VaultError } from './vault-error.js';

const header = Buffer.from([wrappedBy.ring]);
const label = 'trunkline data key v1';

/** Master keys held in memory as KeyObjects (raw keys make AES-GCM half as fast on Node 24, and print). See {@link parseMasterKeys}. */
export class MasterKeyRing implements MasterKeys {
  readonly #keys: ReadonlyMap<number, KeyObject>;
  readonly #primary: number;

  /**
   * @param keys 32-byte AES keys by version, at least one
   * @param primary the version to wrap with; the highest unless it is named
   */
  constructor(keys: ReadonlyMap<number, KeyObject>, primary?: number) {
    this.#keys = new Map(keys);
    this.#primary = primaryOf(this.#keys, primary);
  }

  async primaryVersion(): Promise<number> {
    return this.#primary;
  }

  /** All versions, ascending. */
  versions(): number[] {
    return [...this.#keys.keys()].sort((a, b) => a - b);
  }

  async wrap(dataKey: Uint8Array, context: string): Promise<WrappedKey> {
    const version = this.#primary;
    return { version, wrapped: encrypt(this.#key(version), header, associatedData(label, [['context', context]], version), dataKey) };
  }

  async unwrap({ version, wrapped }: WrappedKey, context: string): Promise<Uint8Array> {
    const key = this.#key(version);
    if (wrapped[0] !== wrappedBy.ring) throw otherWrapping(wrapped);
    const dataKey = decrypt(key, header.length, associatedData(label, [['context', context]], version), wrapped);
    if (dataKey) return dataKey;
    const why = 'it was changed or moved, or that master key is another one';
    throw new VaultError('VAULT_SEALED_CORRUPT', `a data key does not open with master key version ${version}: ${why}`);
  }

  #key(version: number): KeyObject {
    const key = this.#keys.get(version);
    if (!key) throw new VaultError('VAULT_KEY_UNKNOWN', `master key version ${version} is not configured (there are: ${this.versions().join(', ')})`);
    return key;
  }

  toJSON(): object {
    return { versions: this.versions(), primary: this.#primary };
  }

  [inspect.custom](): string {
    return `MasterKeyRing { versions: ${this.versions().join(', ')} }`;
  }
}

/**
 * Read master keys from configuration text. Pure.
 *
 * Either one base64 key of 32 bytes, which is version 1, or entries `version:base64` separated by commas or line breaks; the highest version
 * is primary unless another is named, the others are kept for reading. base64 and base64url are taken, with or without padding. Make one
 * with `openssl rand -base64 32`.
 *
 * @throws VaultError `VAULT_KEY_MISSING` for an empty text or an entry that is not such a key. It tells the entry's place, never its text.
 */
export function parseMasterKeys(text: string, primary?: number): MasterKeyRing {
  const entries = versioned(text, 'master key', 'give a base64 key of 32 bytes (openssl rand -base64 32)');
  return new MasterKeyRing(new Map(entries.map(({ version, value, where }) => [version, parseKey(value, where)])), primary);
}

function parseKey(text: string, where: string): KeyObject {
  const bytes = Buffer.from(text, 'base64');
  try {
    // Buffer.from skips what is not base64; only a text that comes back the same was one.
    const written = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
    if (bytes.toString('base64').replace(/=+$/, '') !== written) throw missing(`${where} is not base64`);
    if (bytes.length !== 32) throw missing(`${where} decodes to ${bytes.length} bytes; it must be 32 (openssl rand -base64 32)`);
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}
