import { AppError } from '@trunkline/service';

/** Deeper than any request of ours, and far from where a recursion would end the process. */
const maxDepth = 32;
/** Names through which a careless merge reaches every object (CORRECTNESS H30). */
const prototypeNames = new Set(['__proto__', 'constructor']);

const refused = (message: string): AppError => new AppError('VALIDATION', message);

/**
 * Refuses what no schema should have to think of: text that PostgreSQL cannot store (NUL) or that is no Unicode text at all (a lone
 * surrogate), names that lead to a prototype, and nesting without end.
 */
export function refuseHostile(value: unknown, depth = 0): void {
  if (typeof value === 'string') return refuseText(value);
  if (typeof value !== 'object' || value === null) return;
  if (depth >= maxDepth) throw refused(`The request is nested deeper than ${maxDepth} levels.`);
  if (Array.isArray(value)) {
    for (const item of value) refuseHostile(item, depth + 1);
    return;
  }
  for (const name of Object.getOwnPropertyNames(value)) {
    if (prototypeNames.has(name)) throw refused(`A member must not be called ${name}.`);
    refuseText(name);
    refuseHostile((value as Record<string, unknown>)[name], depth + 1);
  }
}

function refuseText(text: string): void {
  if (text.includes('\0')) throw refused('Text must not contain a NUL character (U+0000).');
  if (/\p{Surrogate}/u.test(text)) throw refused('Text must be well-formed Unicode: there is half of a surrogate pair.');
}
