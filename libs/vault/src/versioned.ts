import { VaultError } from './vault-error.js';

export interface VersionedEntry {
  readonly version: number;
  readonly value: string;
  /** The entry in words, without its text. */
  readonly where: string;
}

/**
 * Entries `version:value`, separated by commas or line breaks; a single one may stand without a version and is version 1. Pure.
 *
 * @param isValue tells an entry that has no version although it has a colon
 * @throws VaultError `VAULT_KEY_MISSING`, telling the entry's place, never its text
 */
export function versioned(text: string, noun: string, advice: string, isValue: (entry: string) => boolean = () => false): VersionedEntry[] {
  const entries = (typeof text === 'string' ? text : '').split(/[,\r\n]+/).map((entry) => entry.trim()).filter((entry) => entry !== '');
  if (entries.length === 0) throw missing(`there is no ${noun}; ${advice}`);
  const seen = new Set<number>();
  return entries.map((entry, index) => {
    const where = entries.length === 1 ? `the ${noun}` : `${noun} entry ${index + 1}`;
    const colon = isValue(entry) ? -1 : entry.indexOf(':');
    if (colon === -1 && entries.length > 1) throw missing(`${where} has no version; of several each is written with its version and a colon before it`);
    const version = colon === -1 ? 1 : parseVersion(entry.slice(0, colon).trim(), where);
    if (seen.has(version)) throw missing(`${where} has a version that an earlier one has too`);
    seen.add(version);
    return { version, value: entry.slice(colon + 1).trim(), where };
  });
}

/** @throws VaultError `VAULT_KEY_MISSING` without any, or without the named one */
export function primaryOf(keys: ReadonlyMap<number, unknown>, wanted?: number): number {
  const versions = [...keys.keys()].sort((a, b) => a - b);
  const primary = wanted ?? versions.at(-1);
  if (primary === undefined) throw missing('there is no master key');
  if (!keys.has(primary)) throw missing(`master key version ${primary} is to be primary but is not configured (there are: ${versions.join(', ')})`);
  return primary;
}

function parseVersion(text: string, where: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw missing(`${where} has a version that is not a whole number from 1 to 999999999`);
  return Number(text);
}

export const missing = (message: string): VaultError => new VaultError('VAULT_KEY_MISSING', message);
