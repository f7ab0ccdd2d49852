import type { AuthMethodName, ConnectorSummary } from '@trunkline/contracts';
import type { Connector } from './schema/connector-schema.js';

/** The ways to connect, the preferred one first. */
export const authMethodsOf = (connector: Connector): AuthMethodName[] => Object.keys(connector.auth) as AuthMethodName[];

/** What clients see of a connector. Inputs the provider fills itself are nobody's business. */
export const describeConnector = (connector: Connector): ConnectorSummary => ({
  id: connector.id,
  name: connector.name,
  category: connector.category,
  authMethods: authMethodsOf(connector),
  inputs: connector.inputs
    .filter((input) => input.filledBy === 'person')
    .map(({ name, title, description, pattern, required }) => ({ name, title, description, pattern, required })),
  streams: [...connector.streams.values()].map(({ name, title, incremental }) => ({ name, title, incremental: incremental !== undefined })),
  rateLimit: connector.rateLimit.posture,
  latency: connector.latency,
});
