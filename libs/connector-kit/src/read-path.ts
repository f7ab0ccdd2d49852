import type { ValuePath } from '@trunkline/catalog';

/**
 * The value at a path in a JSON value, undefined if it is not there. Only what the JSON itself holds is found: `constructor` and
 * `__proto__` lead nowhere unless the provider sent a field of that name. Numbers are places in arrays.
 */
export function readPath(value: unknown, path: ValuePath): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    if (Array.isArray(current) ? !/^\d+$/.test(name) : !Object.hasOwn(current, name)) return undefined;
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}
