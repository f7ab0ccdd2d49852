import type { Connector } from '@trunkline/catalog';
import { ProviderError, resolveEndpoints, type Target } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';

/** Of the caller's deadline; a document that is in memory costs nothing. */
const lookUpTimeoutMs = 5_000;

/**
 * A connector with its endpoints, looked up at the issuer where it publishes them.
 * @throws AppError PROVIDER_UNAVAILABLE, CONNECTOR_MISCONFIGURED
 */
export async function resolvedTarget({ egress, connectorSettings }: BrokerParts, connector: Connector, inputs: Readonly<Record<string, string>>): Promise<Target> {
  try {
    return await resolveEndpoints(egress, { connector, inputs, settings: connectorSettings }, lookUpTimeoutMs);
  } catch (error) {
    if (!(error instanceof ProviderError) || connector.auth.OAUTH2?.discovery === undefined) throw error;
    throw new AppError(error.kind === 'unavailable' ? 'PROVIDER_UNAVAILABLE' : 'CONNECTOR_MISCONFIGURED', `${error.message}.`, { params: { connector: connector.id }, cause: error });
  }
}
