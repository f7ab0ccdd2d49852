import { AppError } from '@trunkline/service';
import { refuseHostile } from './refuse-hostile.js';

const maxFields = 100;
/** `connector`, or a member of a group: `inputs.shop`. */
const fieldName = /^[A-Za-z0-9_-]{1,64}(?:\.[A-Za-z0-9_-]{1,64})?$/;

const refused = (message: string, cause?: unknown): AppError => new AppError('VALIDATION', message, { cause });

/**
 * The fields of a form (WHATWG URL §5.1), strictly: each name once, of one or two parts, and all of it well-formed UTF-8. Fields of a group
 * are that group's members. Undefined for an empty body.
 */
export function parseForm(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const parts = body.toString('latin1').split('&');
  if (parts.length > maxFields) throw refused(`A form has at most ${maxFields} fields.`);
  const fields = new Map<string, string | Map<string, string>>();
  for (const part of parts) {
    const at = part.indexOf('=');
    const name = decoded(at === -1 ? part : part.slice(0, at));
    const value = at === -1 ? '' : decoded(part.slice(at + 1));
    if (!fieldName.test(name)) throw refused('A field of the form has a name that no field has.');
    add(fields, name, value);
  }
  // Own members, whatever they are called: what leads to a prototype is seen and refused.
  const value = Object.fromEntries([...fields].map(([name, field]) => [name, typeof field === 'string' ? field : Object.fromEntries(field)]));
  refuseHostile(value);
  return value;
}

function add(fields: Map<string, string | Map<string, string>>, name: string, value: string): void {
  const [first, second] = name.split('.') as [string, string?];
  const there = fields.get(first);
  if (second === undefined) {
    if (there !== undefined) throw twice();
    fields.set(first, value);
    return;
  }
  const group = there ?? new Map<string, string>();
  if (typeof group === 'string' || group.has(second)) throw twice();
  fields.set(first, group.set(second, value));
}

const twice = (): AppError => refused('A field of the form came twice.');

function decoded(text: string): string {
  try {
    // Browsers send nothing but ASCII here; decodeURIComponent refuses what is not UTF-8 behind the percent signs.
    if (/[^\x20-\x7e]/.test(text)) throw new URIError('not ASCII');
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw refused('The form is not well encoded.', cause);
  }
}
