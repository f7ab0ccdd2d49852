import { checkInputs, type Connector } from '@trunkline/catalog';
import { AppError } from '@trunkline/service';
import { requireInputs } from '../connection/connector-for.js';

type Inputs = Readonly<Record<string, string>>;

const belongTo = (connector: Connector, values: Inputs): Inputs =>
  Object.fromEntries(Object.entries(values).filter(([name]) => connector.inputs.some((input) => input.name === name && (input.filledBy === 'person' || input.filledBy === 'lookup'))));

/**
 * Inputs that are set before anybody has chosen a connector: each must be one of at least one of them, and fit all that have it. What is
 * missing the person will say.
 * @throws AppError INVALID_APP_CONNECTION naming every problem
 */
export function requireGivenInputs(connectors: readonly Connector[], given: Inputs): void {
  const problems = Object.keys(given).flatMap((name) => {
    const takers = connectors.filter((connector) => Object.hasOwn(belongTo(connector, given), name));
    if (takers.length === 0) return [{ name, message: `None of the connectors takes an input "${name}"` }];
    return takers.flatMap((connector) => checkInputs(connector, belongTo(connector, given)).filter((problem) => problem.name === name));
  });
  if (problems.length > 0) throw new AppError('INVALID_APP_CONNECTION', problems.map(({ message }) => message).join('; '), { params: { inputs: problems } });
}

/** Names the person is not asked for. */
export const givenNames = (given: Inputs): string[] => Object.entries(given).filter(([, value]) => value !== '').map(([name]) => name);

/**
 * The inputs of the connection that is made: what was set beforehand, and what the person says besides.
 * @throws AppError INVALID_APP_CONNECTION for one that is set already, and for all that {@link requireInputs} refuses
 */
export function inputsByLink(connector: Connector, given: Inputs, said: Inputs): Record<string, string> {
  const ours = belongTo(connector, given);
  const fixed = givenNames(ours).filter((name) => Object.hasOwn(said, name));
  if (fixed.length > 0) {
    const inputs = fixed.map((name) => ({ name, message: `"${name}" is set already and cannot be changed` }));
    throw new AppError('INVALID_APP_CONNECTION', inputs.map(({ message }) => message).join('; '), { params: { connector: connector.id, inputs } });
  }
  return requireInputs(connector, { ...said, ...ours });
}
