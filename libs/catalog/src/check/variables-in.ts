import { parseTemplate, Template } from '../template/template.js';

/** A text of a definition that holds variables, with its place in the file. */
export interface Placed {
  readonly path: readonly PropertyKey[];
  readonly template: Template;
}

/** Every text with variables inside a value as written in the file. The schema has already refused what does not parse. */
export function variablesIn(value: unknown, path: readonly PropertyKey[] = []): Placed[] {
  if (typeof value === 'string') return value.includes('{{') ? [{ path, template: parseTemplate(value) }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => variablesIn(part, [...path, Array.isArray(value) ? Number(name) : name]));
}
