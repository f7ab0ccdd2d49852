/**
 * PostgreSQL keeps neither NUL (U+0000) nor half a surrogate pair, in `text` as in `jsonb`; JSON allows both and providers send
 * them. They are kept as the six characters of their JSON escape (`\u0000`, `\ud83d`): readable, searchable, nothing dropped.
 */
const unstorable = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** JSON.stringify writes NUL and lone surrogates, and only these of what we look for, as lower-case escapes. */
const suspicious = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;

export const storableText = (text: string): string => text.replace(unstorable, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * JSON text that `::jsonb` takes. The common case costs one search of the text; a hit (which may also be an innocent `\\u0000`
 * that stood in the data as text) is looked at value by value.
 */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  return suspicious.test(json) ? JSON.stringify(storableValue(value)) : json;
}

function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storableValue);
  if (typeof value !== 'object' || value === null) return value;
  // fromEntries defines own properties, so a member called __proto__ stays a member.
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [storableText(name), storableValue(member)]));
}
