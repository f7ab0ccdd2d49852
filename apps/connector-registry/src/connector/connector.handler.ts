import { Controller, Inject } from '@nestjs/common';
import { describeConnector, readLogo } from '@trunkline/catalog';
import { connectors, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { connectorNamed } from '../connection/connector-for.js';
import { RegistryParts } from '../registry-parts.js';

@Controller()
export class ConnectorHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(connectors.list)
  async list({ category }: RequestOf<typeof connectors.list>): Promise<ReplyOf<typeof connectors.list>> {
    const wanted = this.#parts.catalog.list().filter((connector) => category === undefined || connector.category === category);
    return { connectors: wanted.map(describeConnector) };
  }

  @Rpc(connectors.get)
  async get({ connector }: RequestOf<typeof connectors.get>): Promise<ReplyOf<typeof connectors.get>> {
    return describeConnector(connectorNamed(this.#parts.catalog, connector));
  }

  @Rpc(connectors.logo)
  async logo({ connector }: RequestOf<typeof connectors.logo>): Promise<ReplyOf<typeof connectors.logo>> {
    const { id } = connectorNamed(this.#parts.catalog, connector);
    const svg = await readLogo({ id }, this.#parts.context.config.catalogFolders);
    if (svg === undefined) throw AppError.notFound('logo', id);
    return { svg };
  }
}
