import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { associatedData } from './associated-data.js';
import { decrypt, encrypt } from './gcm.js';
import type { MasterKeys, WrappedKey } from './master-keys.js';
import { VaultError } from './vault-error.js';

/** First byte of a wrapped key, so that another way of wrapping can come later. */
const format = 1;
const header = Buffer.from([format]);
const label = 'trunkline data key v1';

/** Master keys held in memory as KeyObjects (raw keys make AES-GCM half as fast on Node 24, and print). See {@link parseMasterKeys}. */
export class MasterKeyRing implements MasterKeys {
  readonly #keys: ReadonlyMap<number, KeyObject>;
  readonly #primary: number;

  /** @param keys 32-byte AES keys by version, at least one; the highest version is primary */
  constructor(keys: ReadonlyMap<number, KeyObject>) {
    if (keys.size === 0) throw new VaultError('VAULT_KEY_MISSING', 'there is no master key');
    this.#keys = new Map(keys);
    this.#primary = Math.max(...keys.keys());
  }

  primaryVersion(): number {
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
    const dataKey = wrapped[0] === format ? decrypt(key, header.length, associatedData(label, [['context', context]], version), wrapped) : undefined;
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
 * is primary, the others are kept for reading. base64 and base64url are taken, with or without padding. Make one with
 * `openssl rand -base64 32`.
 *
 * @throws VaultError `VAULT_KEY_MISSING` for an empty text or an entry that is not such a key. It tells the entry's place, never its text.
 */
export function parseMasterKeys(text: string): MasterKeyRing {
  const entries = (typeof text === 'string' ? text : '').split(/[,\r\n]+/).map((entry) => entry.trim()).filter((entry) => entry !== '');
  if (entries.length === 0) throw missing('there is no master key; give a base64 key of 32 bytes (openssl rand -base64 32)');
  const keys = new Map<number, KeyObject>();
  entries.forEach((entry, index) => {
    const where = entries.length === 1 ? 'the master key' : `master key entry ${index + 1}`;
    const colon = entry.indexOf(':');
    if (colon === -1 && entries.length > 1) throw missing(`${where} has no version; with several keys each is written version:base64`);
    const version = colon === -1 ? 1 : parseVersion(entry.slice(0, colon).trim(), where);
    if (keys.has(version)) throw missing(`${where} has a version that an earlier one has too`);
    keys.set(version, parseKey(entry.slice(colon + 1).trim(), where));
  });
  return new MasterKeyRing(keys);
}

function parseVersion(text: string, where: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw missing(`${where} has a version that is not a whole number from 1 to 999999999`);
  return Number(text);
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

const missing = (message: string): VaultError => new VaultError('VAULT_KEY_MISSING', message);
