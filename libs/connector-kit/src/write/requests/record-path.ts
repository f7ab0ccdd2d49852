import { isDotSegment } from '@trunkline/catalog';
import { ProviderError } from '../../provider-error.js';

const variable = /\{\{\s*record\.key\s*\}\}/g;

/** A path below the base URL, in which the record's key may stand. */
export interface RecordPath {
  readonly namesRecord: boolean;
  /** Null for a key that cannot stand in it: a path must not lead elsewhere. */
  render(key: string): string | null;
}

const hasDots = (path: string): boolean => path.replace(/\?.*$/s, '').split('/').some(isDotSegment);

/** @throws ProviderError `rejected` for a path that means something else than it says */
export function parseRecordPath(text: string, connectorName: string): RecordPath {
  const parts = text.split(variable);
  const refuse = (why: string) => new ProviderError('rejected', `${connectorName}: the path "${text.slice(0, 100)}" ${why}`);
  if (parts.some((part) => part.includes('{{') || part.includes('}}'))) throw refuse('knows {{record.key}} and no other variable');
  if (parts.some((part) => !/^[\x21-\x7e]*$/.test(part) || /[#\\]/.test(part))) throw refuse('contains characters a URL cannot hold as they are');
  if (!text.startsWith('/') || hasDots(parts.join('x'))) throw refuse('must begin with / and have no "." or ".." segments');
  return {
    namesRecord: parts.length > 1,
    render(key) {
      if (key === '' && parts.length > 1) return null;
      let encoded;
      try {
        encoded = encodeURIComponent(key);
      } catch {
        // Half a surrogate pair has no UTF-8 form.
        return null;
      }
      const path = parts.join(encoded);
      return hasDots(path) ? null : path;
    },
  };
}
