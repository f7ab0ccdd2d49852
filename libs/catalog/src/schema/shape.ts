import { z } from 'zod';

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;
type Camelized<Fields> = { readonly [Key in keyof Fields as Key extends string ? Camel<Key> : Key]: Fields[Key] };

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * A strict object of the YAML files: unknown fields are refused, `snake_case` in the file becomes `camelCase` in the program.
 * `check` looks at the fields as written and reports what single fields cannot know.
 */
export const shape = <Fields extends z.ZodRawShape>(
  fields: Fields,
  check: (value: z.output<z.ZodObject<Fields>>, report: (path: PropertyKey[], message: string) => void) => void = () => undefined,
) =>
  z
    .strictObject(fields)
    .superRefine((value, context) => {
      check(value as z.output<z.ZodObject<Fields>>, (path, message) => context.addIssue({ code: 'custom', path, message }));
    })
    .transform(
      (value) => Object.fromEntries(Object.entries(value).map(([name, field]) => [camel(name), field])) as Camelized<z.output<z.ZodObject<Fields>>>,
    );
