import { z } from 'zod';

/** A whole-value pattern that compiles: an unanchored one would let `evil.test/?x=shop` through. */
export const pattern = z
  .string()
  .max(256)
  .regex(/^\^[^]*\$$/, 'must be anchored: ^…$')
  .refine(
    (source) => {
      try {
        return new RegExp(source, 'u') instanceof RegExp;
      } catch {
        return false;
      }
    },
    { error: 'is not a regular expression' },
  );
