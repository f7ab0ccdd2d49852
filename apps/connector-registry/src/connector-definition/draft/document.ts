/** A part of a document that came from outside: anything at all. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
export const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);

/** References that lead to references, and no further: a loop is one that never ends. */
const mostHops = 8;
/** Of one document; what is asked for beyond it is taken for nothing. */
const mostLookups = 300_000;

/** An OpenAPI document whose references are followed one at a time, where something is looked at: nothing is unfolded. */
export class Document {
  readonly root: Json;
  #lookups = 0;

  constructor(root: Json) {
    this.root = root;
  }

  /** What a value is or refers to. A reference to elsewhere, to nothing or in circles is nothing. */
  at(value: unknown): Json {
    let found = value;
    for (let hops = 0; isObject(found) && typeof found['$ref'] === 'string'; hops += 1) {
      if (hops >= mostHops || (this.#lookups += 1) > mostLookups) return {};
      found = this.#pointed(found['$ref']);
    }
    return objectOf(found);
  }

  #pointed(reference: string): unknown {
    if (!reference.startsWith('#/')) return undefined;
    let found: unknown = this.root;
    for (const part of reference.slice(2, 2_000).split('/')) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      if (!isObject(found) || !Object.hasOwn(found, name)) return undefined;
      found = found[name];
    }
    return found;
  }

  /** Members of a schema, those of its parts (`allOf`) too, as deep as parts go. */
  properties(schema: unknown, depth = 0): Map<string, Json> {
    const found = new Map<string, Json>();
    if (depth > 4 || (this.#lookups += 1) > mostLookups) return found;
    const { properties, allOf } = this.at(schema);
    for (const part of listOf(allOf).slice(0, 20)) for (const [name, value] of this.properties(part, depth + 1)) found.set(name, value);
    const own = Object.entries(objectOf(properties)).slice(0, 500);
    this.#lookups += own.length;
    for (const [name, value] of own) found.set(name, this.at(value));
    return found;
  }
}

/** A name made of what it was called, as names are here. */
export const nameFrom = (text: string, most: number): string =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, most)
    .replace(/_+$/, '');
