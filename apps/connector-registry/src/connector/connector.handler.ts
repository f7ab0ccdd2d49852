import { Controller, Inject } from '@nestjs/common';
import { describeConnector } from '@trunkline/catalog';
import { connectors, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
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
}
