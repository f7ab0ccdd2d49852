import { RE2JS } from 're2js';
import { z } from 'zod';

/**
 * Patterns come from whoever writes a connector, tenants among them, and are run on what others send. RE2 takes time in proportion to the
 * text whatever the pattern is; a backtracking engine can be kept busy for years by forty characters.
 */
const compiled = new Map<string, RE2JS>();
const mostCompiled = 1_000;

function compile(source: string): RE2JS {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const made = RE2JS.compile(source);
  if (compiled.size >= mostCompiled) compiled.clear();
  compiled.set(source, made);
  return made;
}

/** True if the pattern fits the whole text. */
export const fitsPattern = (source: string, text: string): boolean => compile(source).matcher(text).matches();

/** What the pattern's one group holds; undefined if the pattern does not fit the whole text. */
export function groupOf(source: string, text: string): string | undefined {
  const matcher = compile(source).matcher(text);
  return matcher.matches() && matcher.groupCount() > 0 ? (matcher.group(1) ?? undefined) : undefined;
}

/** A whole-value pattern that compiles: an unanchored one would let `evil.test/?x=shop` through. */
export const pattern = z
  .string()
  .max(256)
  .regex(/^\^[^]*\$$/, 'must be anchored: ^…$')
  .refine(
    (source) => {
      try {
        return compile(source) instanceof RE2JS;
      } catch {
        return false;
      }
    },
    { error: 'is not a regular expression of RE2 (no look-around, no back-references)' },
  );
