import type { Json } from './wire-schema.js';

/** Texts that patterns of ours take: ids, connectors, subjects, versions. */
const texts = ['conn_0199f3a1c2d77f0a9b1e5d3c8a6b4f20', 'hubspot', 'contacts', 'https://example.com/', '1.0', 'A'];
const formats: Readonly<Record<string, string>> = { 'date-time': '2026-01-31T09:30:00.000Z', uri: 'https://example.com/', email: 'ada@example.com', base64: 'e30=', uuid: '0199f3a1-c2d7-4f0a-9b1e-5d3c8a6b4f20' };
/** Which id stands in a member of that name; other texts follow from the schema alone. */
const ids: Readonly<Record<string, string>> = { project: 'proj', connection: 'conn', credential: 'cred', platform: 'plat', user: 'user', owner: 'user', run: 'run', flow: 'flow', authorization: 'auth' };

/** A value that a JSON schema takes, with every member it knows. */
export function exampleOf(schema: Json, name = ''): unknown {
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const choices = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (choices !== undefined) return exampleOf(choices[0]!, name);
  const type = Array.isArray(schema.type) ? (schema.type as string[])[0] : schema.type;
  switch (type) {
    case 'object':
      return Object.fromEntries(Object.entries((schema.properties ?? {}) as Record<string, Json>).map(([member, inner]) => [member, exampleOf(inner, member)]));
    case 'array':
      return schema.items === undefined ? [] : [exampleOf(schema.items as Json, name.replace(/s$/, ''))];
    case 'string':
      return exampleText(schema, name);
    case 'integer':
    case 'number':
      return Math.max(Number(schema.minimum ?? 0), schema.exclusiveMinimum === undefined ? 0 : Number(schema.exclusiveMinimum) + 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return 'any JSON value';
  }
}

function exampleText(schema: Json, name: string): string {
  if (typeof schema.format === 'string' && formats[schema.format] !== undefined) return formats[schema.format]!;
  const prefix = ids[name.replace(/Ids?$/, '')];
  const first = prefix === undefined ? [] : [`${prefix}_0199f3a1c2d77f0a9b1e5d3c8a6b4f20`];
  const fits = (text: string) => (typeof schema.pattern !== 'string' || new RegExp(schema.pattern).test(text)) && text.length >= Number(schema.minLength ?? 0) && text.length <= Number(schema.maxLength ?? Infinity);
  return [...first, ...(/connector|provider/.test(name) ? ['hubspot'] : name === 'stream' ? ['contacts'] : ['text']), ...texts].find(fits) ?? '';
}
