import { z } from 'zod';

type Raw = Readonly<Record<string, unknown>>;

/** A whole number as people write it: no sign, no exponent, no leading zero, no blank. */
const decimal = /^(?:0|[1-9]\d{0,14})$/;

/**
 * A query string as its schema wants it: lists from `name=a&name=b`, `name[]=a` or `name=a,b`; numbers and truth values from their one
 * plain form. What does not fit stays text, or a list where one value belongs, and is then refused by the schema.
 */
export function queryValues(schema: z.ZodType, query: Raw): Record<string, unknown> {
  const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
  const values = new Map<string, unknown>();
  for (const [written, value] of Object.entries(query)) {
    const name = written.endsWith('[]') && kindOf(shape, written.slice(0, -2)) === 'list' ? written.slice(0, -2) : written;
    switch (kindOf(shape, name)) {
      case 'list':
        values.set(name, [...((values.get(name) as unknown[] | undefined) ?? []), ...[value].flat().flatMap((item) => String(item).split(','))]);
        break;
      case 'number':
        values.set(name, typeof value === 'string' && decimal.test(value) ? Number(value) : value);
        break;
      case 'boolean':
        values.set(name, value === 'true' ? true : value === 'false' ? false : value);
        break;
      case 'text':
        values.set(name, value);
    }
  }
  return Object.fromEntries(values);
}

function kindOf(shape: Readonly<Record<string, z.ZodType>>, name: string): 'list' | 'number' | 'boolean' | 'text' {
  let schema = Object.hasOwn(shape, name) ? shape[name] : undefined;
  while (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) schema = schema.unwrap() as z.ZodType;
  if (schema instanceof z.ZodArray) return 'list';
  if (schema instanceof z.ZodNumber) return 'number';
  return schema instanceof z.ZodBoolean ? 'boolean' : 'text';
}
