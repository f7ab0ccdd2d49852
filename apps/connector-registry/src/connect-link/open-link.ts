import { describeConnector } from '@trunkline/catalog';
import { connectLinks, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { catalogFor } from '../connector-definition/catalog-for.js';
import type { RegistryParts } from '../registry-parts.js';
import { findOpenLink } from './find-open-link.js';
import { givenNames } from './given-inputs.js';

type Contract = typeof connectLinks.open;

/** What the page shows. A connector that has left the catalog since is not offered. */
export async function openLink(parts: RegistryParts, { token }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const link = await findOpenLink(parts.sql, token);
  const catalog = await catalogFor(parts, link, ...link.connectors);
  const { platformName, projectName, endUser, connectionId, expiresAt } = link;
  const connectors = link.connectors.flatMap((id) => catalog.find(id) ?? []).map(describeConnector);
  return {
    platformName,
    projectName,
    endUser: { id: endUser.id, displayName: endUser.displayName ?? null, email: endUser.email ?? null },
    reconnect: connectionId !== null,
    connectors,
    // A connection that is connected again has all of them.
    givenInputs: connectionId === null ? givenNames(link.inputs) : [...new Set(connectors.flatMap(({ inputs }) => inputs.map(({ name }) => name)))],
    expiresAt: expiresAt.toISOString(),
  };
}
