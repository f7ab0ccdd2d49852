import { connectorDefined, connectorDefinitions, type DataOf } from '@trunkline/contracts';
import { catalogFrom, type CatalogConfig, type LoadedCatalog } from './catalog-from.js';
import { CustomConnectors, type Revealed } from './custom-connectors.js';

/** Whoever keeps the tenants' definitions, asked by message. */
export interface DefinitionKeeper {
  call(contract: typeof connectorDefinitions.reveal, request: { id: string }): Promise<Revealed>;
}

/** Where its news is heard. */
export interface DefinitionNews {
  listen(contract: typeof connectorDefined, heard: (data: DataOf<typeof connectorDefined>) => void): Promise<void>;
}

/**
 * The installation's connectors, and those that tenants define for themselves as the registry has them just now.
 *
 * @throws CatalogError for the installation's own; what the keeper's answers throw comes from `ready`
 */
export async function loadConnectors(config: CatalogConfig, keeper: DefinitionKeeper, news: DefinitionNews): Promise<LoadedCatalog> {
  const { catalog, settings } = catalogFrom(config);
  const custom = new CustomConnectors(async (id) => {
    try {
      return await keeper.call(connectorDefinitions.reveal, { id });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENTITY_NOT_FOUND') return undefined;
      throw error;
    }
  });
  await news.listen(connectorDefined, ({ connector, version }) => custom.outdated(connector, version));
  return { catalog: catalog.with(custom), settings };
}
