import type { Catalog, Connector } from '@trunkline/catalog';
import { AppError } from '@trunkline/service';
import type { OpenLink } from './find-open-link.js';

/** The one that was chosen of those the link offers. @throws AppError INVALID_APP_CONNECTION */
export function offeredConnector(catalog: Catalog, { connectors }: OpenLink, name: string): Connector {
  const connector = catalog.find(name);
  if (connector !== undefined && connectors.includes(connector.id)) return connector;
  throw new AppError('INVALID_APP_CONNECTION', `This link does not offer that. It offers: ${connectors.join(', ')}.`, { params: { connectors } });
}
