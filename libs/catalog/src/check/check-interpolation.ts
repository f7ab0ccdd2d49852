import type { Problem } from '../load/yaml-file.js';
import type { ConnectorInput } from '../schema/connector-schema.js';
import type { CursorFormat } from '../schema/incremental-schema.js';
import { variablesIn } from './variables-in.js';

/**
 * A value inside a longer text (a query language, a filter expression) could end the text it stands in. So only values whose
 * alphabet is known may stand there: numbers, moments, and inputs with a pattern. What a provider sends (`page.cursor`) stands alone.
 */
export function checkInterpolation(written: unknown, inputs: readonly ConnectorInput[], cursorFormat: CursorFormat | undefined): Problem[] {
  const withPattern = new Set(inputs.filter((input) => input.pattern !== undefined).map((input) => input.name));
  const problemOf = (space: string, name: string): string | null => {
    if (space === 'inputs' && !withPattern.has(name)) return `{{inputs.${name}}} needs a pattern to stand inside a longer text`;
    if (space === 'page' && name === 'cursor') return '{{page.cursor}} comes from the provider and must stand alone';
    if (space === 'parent') return `{{parent.${name}}} comes from the provider and must stand alone`;
    if (space === 'slice' && name === 'after_id') return '{{slice.after_id}} comes from the provider and must stand alone';
    if (space === 'cursor' && cursorFormat === 'string') return `{{cursor.${name}}} of format string comes from the provider and must stand alone`;
    return null;
  };
  return variablesIn(written)
    .filter(({ template }) => template.sole === null)
    .flatMap(({ path, template }) =>
      template.variables.flatMap(({ space, name }) => {
        const message = problemOf(space, name);
        return message === null ? [] : [{ path, message }];
      }),
    );
}
