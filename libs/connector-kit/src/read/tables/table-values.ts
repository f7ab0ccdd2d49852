import { parseJson } from '../../lossless-json.js';

/** A number, or the text where a double has no way to write it in JSON. */
export const numberOf = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);

/** `2026-01-31 13:14:15.123456+00` as ISO 8601; what is no such text (`infinity`, MySQL's zero date) stays as it is. */
export function momentOf(text: string, zoned: boolean): string {
  const found = /^(\d{4,6}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00(?::?00)?)?$/.exec(text);
  if (found === null || text.startsWith('0000')) return text;
  return `${found[1]}T${found[2]}${zoned ? 'Z' : ''}`;
}

export function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
