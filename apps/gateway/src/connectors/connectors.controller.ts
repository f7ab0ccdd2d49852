import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { connectors, connectorSummary, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';

const listCatalog = endpoint({
  method: 'GET', path: '/api/v1/connectors', tag: 'Catalog', summary: 'List the catalog of connectors',
  query: z.strictObject({ category: z.string().min(1).max(64).optional() }),
  reply: z.object({ connectors: z.array(connectorSummary) }),
});

/** The catalog: which systems can be connected, and how. */
@Controller()
export class ConnectorsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(listCatalog)
  list(@Call() { query }: CallOf<typeof listCatalog>): Promise<ReplyOf<typeof connectors.list>> {
    return this.#rpc.call(connectors.list, query);
  }
}
