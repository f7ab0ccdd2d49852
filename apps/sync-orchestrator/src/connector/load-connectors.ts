import { catalogFrom, CustomConnectors, type CatalogConfig, type LoadedCatalog } from '@trunkline/catalog';
import { connectorDefined, connectorDefinitions } from '@trunkline/contracts';
import type { EventListener, RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';

/** The installation's connectors, and those that tenants define for themselves as the registry has them just now. */
export async function loadConnectors(config: CatalogConfig, rpc: RpcClient, events: EventListener): Promise<LoadedCatalog> {
  const { catalog, settings } = catalogFrom(config);
  const custom = new CustomConnectors(async (id) => {
    try {
      return await rpc.call(connectorDefinitions.reveal, { id });
    } catch (error) {
      if (error instanceof AppError && error.code === 'ENTITY_NOT_FOUND') return undefined;
      throw error;
    }
  });
  await events.listen(connectorDefined, ({ connector, version }) => custom.outdated(connector, version));
  return { catalog: catalog.with(custom), settings };
}
