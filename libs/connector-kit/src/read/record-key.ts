import type { ValuePath } from '@trunkline/catalog';
import { readPath } from '../read-path.js';

const maxLength = 1_024;
/** PostgreSQL's text cannot hold NUL, and half a surrogate pair has no UTF-8 form: such keys would fail or collide further on. */
const unkeepable = /[\0\p{Cs}]/u;

/** The key of a record, or why it has none. */
export type RecordKey = { readonly key: string } | { readonly reason: string };

function partOf(record: unknown, path: ValuePath): RecordKey {
  const value = readPath(record, path);
  const name = () => path.join('.');
  if (value === undefined || value === null) return { reason: `has no "${name()}"` };
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return { reason: `"${name()}" is not a plain value` };
  const text = String(value);
  if (unkeepable.test(text)) return { reason: `"${name()}" contains characters a key cannot hold` };
  return { key: text };
}

/** The record's key: the value itself, or for several the JSON array of them, which is unambiguous whatever is in the parts. */
export function recordKey(record: unknown, primaryKey: readonly ValuePath[]): RecordKey {
  const parts: string[] = [];
  for (const path of primaryKey) {
    const part = partOf(record, path);
    if ('reason' in part) return part;
    parts.push(part.key);
  }
  // An empty text is a value beside others (a campaign without a keyword), and alone it is none.
  if (parts.every((part) => part === '')) return { reason: `has no "${primaryKey[0]!.join('.')}"` };
  const key = parts.length === 1 ? parts[0]! : JSON.stringify(parts);
  return key.length > maxLength ? { reason: `its key is longer than ${maxLength} characters` } : { key };
}
