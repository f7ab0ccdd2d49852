import type { Connector } from '../schema/connector-schema.js';
import { fitsPattern } from '../schema/pattern.js';

/** What is wrong with one input's value. */
export interface InputProblem {
  readonly name: string;
  readonly message: string;
}

const maxLength = 2_048;

/** The values with the connector's own in place of those that were not given. */
export function withDefaults(connector: Pick<Connector, 'inputs'>, values: Readonly<Record<string, string>>): Record<string, string> {
  const missing = connector.inputs.filter(({ name }) => !Object.hasOwn(values, name) || values[name] === '');
  return { ...values, ...Object.fromEntries(missing.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]]))) };
}

/**
 * What is wrong with the values given for a connector's inputs; empty if nothing. Inputs the provider fills itself may be absent
 * here (`whole: false`, the default, while connecting); with `whole: true` every required one must be there.
 */
export function checkInputs(connector: Connector, values: Readonly<Record<string, string>>, options: { whole?: boolean } = {}): InputProblem[] {
  const declared = new Set(connector.inputs.map((input) => input.name));
  const unknown = Object.keys(values)
    .filter((name) => !declared.has(name))
    .map((name) => ({ name, message: `${connector.name} has no input "${name}"` }));
  const wrong = connector.inputs.flatMap((input) => {
    const value = Object.hasOwn(values, input.name) ? values[input.name] : undefined;
    if (value === undefined || value === '') {
      const needed = input.required && input.default === undefined && (options.whole === true || input.filledBy === 'person');
      return needed ? [{ name: input.name, message: `"${input.name}" (${input.title}) is missing` }] : [];
    }
    if (value.length > maxLength) return [{ name: input.name, message: `"${input.name}" is longer than ${maxLength} characters` }];
    if (input.pattern !== undefined && !fitsPattern(input.pattern, value)) {
      return [{ name: input.name, message: `"${input.name}" must match ${input.pattern}` }];
    }
    return [];
  });
  return [...unknown, ...wrong];
}
