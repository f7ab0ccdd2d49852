import type { RecordSelector, ValuePath } from '@trunkline/catalog';
import { malformed } from '../paginate/paginator.js';
import { readPath } from '../read-path.js';

/** Walks a path whose `*` steps into each element of an array. Undefined if what should be an array or a field is not there. */
export function walk(value: unknown, path: ValuePath): unknown {
  const star = path.indexOf('*');
  if (star === -1) return readPath(value, path);
  const elements = readPath(value, path.slice(0, star));
  if (!Array.isArray(elements)) return undefined;
  const rest = path.slice(star + 1);
  if (rest.length === 0) return elements;
  return elements.flatMap((element) => {
    const found = walk(element, rest);
    // An inner `*` flattens, a plain field does not: an element without it is one broken record, not none.
    return rest.includes('*') ? ((found as unknown[] | undefined) ?? []) : [found];
  });
}

/** The records of an answer. @throws ProviderError `malformed` if there is no list where the definition says. */
export function selectRecords(body: unknown, { path, single, whenMissing }: RecordSelector, answer: 'json' | 'xml' = 'json'): unknown[] {
  const found = walk(body, path);
  if ((found === undefined || found === null) && whenMissing === 'empty') return [];
  if (single && typeof found === 'object' && found !== null && !Array.isArray(found)) return [found];
  if (!single && Array.isArray(found)) return found;
  // XML has no lists: one element is written like the only one of many.
  if (!single && answer === 'xml' && typeof found === 'object' && found !== null) return [found];
  throw malformed(`the answer has no ${single ? 'record' : 'list of records'}${path.length === 0 ? '' : ` at "${path.join('.')}"`}`);
}
