import type { Problem } from '../load/yaml-file.js';
import type { ConnectorInput } from '../schema/connector-schema.js';
import { variablesIn } from './variables-in.js';

/** Every `{{inputs.x}}` is declared, and `{{settings.x}}` is the setting the connector is offered by. */
export function checkVariables(written: unknown, inputs: readonly ConnectorInput[], setting: string | undefined): Problem[] {
  const declared = new Set(inputs.map((input) => input.name));
  const problemOf = (space: string, name: string): string | null => {
    if (space === 'inputs' && !declared.has(name)) return `{{inputs.${name}}} is not declared under "inputs"`;
    if (space === 'settings' && name !== setting) return `{{settings.${name}}} can only be used with "available_when: ${name}"`;
    return null;
  };
  return variablesIn(written).flatMap(({ path, template }) =>
    template.variables.flatMap(({ space, name }) => {
      const message = problemOf(space, name);
      return message === null ? [] : [{ path, message }];
    }),
  );
}
