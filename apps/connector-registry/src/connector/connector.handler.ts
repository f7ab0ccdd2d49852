import { Controller, Inject } from '@nestjs/common';
import { describeConnector, isCustomId, readLogo, type Catalog, type Connector } from '@trunkline/catalog';
import { connectors, type ConnectorSummary, type Principal, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { connectorNamed } from '../connection/connector-for.js';
import { catalogFor } from '../connector-definition/catalog-for.js';
import { ownConnectors } from '../connector-definition/own-connectors.js';
import { RegistryParts } from '../registry-parts.js';
import { genericMark } from './generic-mark.js';

/** What fits into an answer beside the catalog; all of them are in the list of definitions, page by page. */
const mostBytes = 400_000;

function within(summaries: readonly ConnectorSummary[]): ConnectorSummary[] {
  let bytes = 0;
  return summaries.filter((summary) => (bytes += Buffer.byteLength(JSON.stringify(summary))) <= mostBytes);
}

@Controller()
export class ConnectorHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(connectors.list)
  async list({ category, principal }: RequestOf<typeof connectors.list>): Promise<ReplyOf<typeof connectors.list>> {
    const own = principal === undefined ? [] : await ownConnectors(this.#parts, principal);
    const wanted = (connectors: readonly Connector[]) => connectors.filter((connector) => category === undefined || connector.category === category).map(describeConnector);
    return { connectors: [...wanted(this.#parts.catalog.list()), ...within(wanted(own))] };
  }

  @Rpc(connectors.get)
  async get({ connector, principal }: RequestOf<typeof connectors.get>): Promise<ReplyOf<typeof connectors.get>> {
    return describeConnector(connectorNamed(await this.#catalogFor(principal, connector), connector));
  }

  /** Whoever asks is not known, so a tenant's connector has no picture of its own that could tell that it exists. */
  @Rpc(connectors.logo)
  async logo({ connector }: RequestOf<typeof connectors.logo>): Promise<ReplyOf<typeof connectors.logo>> {
    if (this.#parts.catalog.find(connector) === undefined && isCustomId(connector)) return { svg: genericMark };
    const { id } = connectorNamed(this.#parts.catalog, connector);
    const svg = await readLogo({ id }, this.#parts.context.config.catalogFolders);
    if (svg === undefined) throw AppError.notFound('logo', id);
    return { svg };
  }

  async #catalogFor(principal: Principal | undefined, name: string): Promise<Catalog> {
    // Who is of projects and works in none has no connectors but the installation's.
    if (principal === undefined || principal.platformId === null || (principal.reach === 'project' && principal.projectId === null)) return this.#parts.catalog;
    return catalogFor(this.#parts, { platformId: principal.platformId, projectId: principal.projectId }, name);
  }
}
