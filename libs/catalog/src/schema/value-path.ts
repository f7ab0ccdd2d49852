import { z } from 'zod';

/** Where a value is in a JSON answer: the names on the way, `*` for each element of an array. Empty: the whole answer. */
export type ValuePath = readonly string[];

const segment = z.string().min(1, 'a path must not have an empty part (".." or a dot at an end)').max(256);

const segments = (wildcards: boolean) =>
  z
    .union([z.string().transform((text) => (text === '' ? [] : text.split('.'))), z.array(z.string())], {
      error: 'expected a path such as paging.next.after, or a list of names',
    })
    .pipe(z.array(segment).max(32))
    .refine((path) => wildcards || !path.includes('*'), { error: '"*" is only possible where records are selected' })
    .transform((path): ValuePath => path);

/** A path to one value: `paging.next.after`, or a list of names where a name has a dot in it. */
export const valuePath = segments(false).refine((path) => path.length > 0, { error: 'a path must name something' });

/** A path to records: may be empty (the answer itself) and may hold `*`. */
export const recordsPath = segments(true);
