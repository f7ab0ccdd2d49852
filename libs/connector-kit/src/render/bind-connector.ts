import { checkInputs, withDefaults } from '@trunkline/catalog';
import type { Connector } from '@trunkline/catalog';
import { ProviderError } from '../provider-error.js';
import type { TemplateValues } from './render-template.js';
import { renderOrigin, renderUrl } from './render-url.js';

/** Which system, with which inputs, under which operator's settings. */
export interface Target {
  readonly connector: Connector;
  /** The connection's values for the connector's inputs. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The settings the catalog was loaded with. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A connector with everything filled in that stays the same for all requests of a connection. */
export interface BoundConnector {
  readonly connector: Connector;
  readonly values: TemplateValues;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** The only origins a credential of this connection is sent to. */
  readonly allowedOrigins: readonly string[];
}

/** Refuses inputs that do not fit the connector: they came from outside once, and they choose hosts and paths. */
export function checkedValues({ connector, inputs, settings }: Target, options: { whole: boolean }): TemplateValues {
  const [problem] = checkInputs(connector, inputs, options);
  if (problem) throw new ProviderError('rejected', `${connector.name}: ${problem.message}`);
  return { inputs: withDefaults(connector, inputs), settings };
}

/** @throws ProviderError `rejected` if the inputs or settings do not fit the connector. */
export function bindConnector(target: Target): BoundConnector {
  const { connector } = target;
  const values = checkedValues(target, { whole: true });
  return {
    connector,
    values,
    baseUrl: renderUrl(connector.baseUrl, values).replace(/\/+$/, ''),
    allowedOrigins: connector.allowedOrigins.map((origin) => renderOrigin(origin, values)),
  };
}
