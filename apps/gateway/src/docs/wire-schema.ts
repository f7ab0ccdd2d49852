import { z } from 'zod';
import { schemaNotes } from './schema-names.js';

export type Json = Record<string, unknown>;

/** Where every other recursive schema would be: the only one there is here is "any JSON value". */
const recursive = /^__schema\d+$/;
const anyJson = 'JsonValue';

/**
 * Schemas as they are on the wire (a secret is a string there). Those with a name are collected as components on the way and referred
 * to.
 */
export class WireSchemas {
  readonly components: Record<string, Json> = {};

  of(schema: z.ZodType): Json {
    const { $schema: _, $defs, ...described } = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io: 'input',
      unrepresentable: 'any',
      metadata: schemaNotes,
      // The format says the same in less than three hundred characters.
      override: ({ jsonSchema }) => {
        if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
        delete (jsonSchema as Json).id;
      },
    }) as Json & { $defs?: Record<string, Json> };
    for (const [name, definition] of Object.entries($defs ?? {})) {
      if (recursive.test(name)) this.components[anyJson] = { description: 'Any JSON value.' };
      else this.components[name] ??= refer(definition) as Json;
    }
    return refer(described) as Json;
  }

  /** A body that may name its project too: the member is described where the rest of the body is. */
  withProject(schema: z.ZodType): Json {
    const described = this.of(schema);
    const full = this.inFull(schema);
    const complete = { ...full, properties: { ...(full.properties as Json | undefined), projectId: { type: 'string', description: 'As the query parameter of that name.' } } };
    if (typeof described.$ref !== 'string') return complete;
    this.components[described.$ref.split('/').at(-1)!] = complete;
    return described;
  }

  /** The schema itself even if it has a name. */
  inFull(schema: z.ZodType): Json {
    const described = this.of(schema);
    const name = typeof described.$ref === 'string' ? described.$ref.split('/').at(-1)! : undefined;
    return name === undefined ? described : { ...this.components[name] };
  }
}

/** References into a document's own components. */
function refer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(refer);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (name !== '$ref' || typeof item !== 'string') return [name, refer(item)];
      const target = item.split('/').at(-1)!;
      return [name, `#/components/schemas/${recursive.test(target) ? anyJson : target}`];
    }),
  );
}
