import { z } from 'zod';
import { parseTemplate, Template } from './template.js';
import type { VariableSpace } from './template.js';

/** Refuses variables that have no value at that place; `credential` exists only where a credential is applied. */
function checkSpaces(template: Template, spaces: readonly VariableSpace[]): void {
  for (const { space, name } of template.variables) {
    if (!spaces.includes(space)) throw new Error(`{{${space}.${name}}} cannot be used here; allowed: ${spaces.join(', ')}`);
  }
}

/** A text with variables of the given spaces; `check` throws an Error for what else is wrong with it. */
export const template = (spaces: readonly VariableSpace[], check: (parsed: Template) => void = () => undefined) =>
  z
    .union([z.string().max(16_384), z.number(), z.boolean()], { error: 'expected a text, a number or true/false' })
    .transform((value, context) => {
      try {
        const parsed = parseTemplate(String(value));
        checkSpaces(parsed, spaces);
        check(parsed);
        return parsed;
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    });

/** A JSON value whose texts are templates. */
export type JsonTemplate = Template | number | boolean | null | readonly JsonTemplate[] | { readonly [name: string]: JsonTemplate };

/** A JSON value whose texts may hold variables; a text that is one variable only keeps the variable's type. */
export const jsonTemplate = (spaces: readonly VariableSpace[]): z.ZodType<JsonTemplate> => {
  const value: z.ZodType<JsonTemplate> = z.lazy(() =>
    z.union([
      z.number(),
      z.boolean(),
      z.null(),
      template(spaces).pipe(z.instanceof(Template)),
      z.array(value),
      z.record(z.string(), value),
    ]),
  );
  return value;
};
