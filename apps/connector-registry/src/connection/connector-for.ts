import { authMethodsOf, checkInputs, type Catalog, type Connector } from '@trunkline/catalog';
import type { AuthMethodName } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** The connector a caller names, by id or alias. @throws AppError ENTITY_NOT_FOUND */
export function connectorNamed(catalog: Catalog, name: string): Connector {
  const connector = catalog.find(name);
  if (connector === undefined) throw AppError.notFound('connector', name);
  return connector;
}

/** @throws AppError INVALID_APP_CONNECTION if the connector cannot be connected in this way */
export function requireAuthMethod(connector: Connector, wanted: AuthMethodName): void {
  const offered = authMethodsOf(connector);
  if (offered.includes(wanted)) return;
  throw new AppError('INVALID_APP_CONNECTION', `${connector.name} cannot be connected with ${wanted}. It takes: ${offered.join(', ')}.`, {
    params: { connector: connector.id, authMethods: offered },
  });
}

/**
 * What a person may say about the account: all that is required, nothing unknown, and nothing that the provider itself must tell (what is
 * looked up may be chosen). An empty value is none.
 * @throws AppError INVALID_APP_CONNECTION naming every problem
 */
export function requireInputs(connector: Connector, values: Readonly<Record<string, string>>): Record<string, string> {
  const own = connector.inputs.filter(({ filledBy }) => filledBy === 'person' || filledBy === 'lookup').map(({ name }) => name);
  const foreign = Object.keys(values).filter((name) => !own.includes(name));
  const problems = [
    ...foreign.map((name) => ({ name, message: `${connector.name} takes no input "${name}"${own.length === 0 ? '' : `; it takes: ${own.join(', ')}`}` })),
    ...checkInputs(connector, values).filter(({ name }) => !foreign.includes(name)),
  ];
  if (problems.length === 0) return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  throw new AppError('INVALID_APP_CONNECTION', problems.map(({ message }) => message).join('; '), { params: { connector: connector.id, inputs: problems } });
}
