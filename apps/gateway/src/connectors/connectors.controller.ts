import { createHash } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { connectors, connectorSummary, type ConnectorSummary } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import type { gatewaySettings } from '../config.js';
import { egressRegion, type EgressRegion } from '../egress-addresses/egress-addresses.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';

const byName = z.strictObject({ id: z.string().trim().min(1).max(128) });

/** `logoUrl` is a path below this API's address. */
export const catalogConnector = connectorSummary.extend({ logoUrl: z.string() });
/** With the addresses to let in, for a system that lets in only known ones; otherwise empty. */
export const catalogConnectorDetails = catalogConnector.extend({ egressAddresses: z.array(egressRegion) });

const list = endpoint({
  method: 'GET', path: '/api/v1/connectors', operation: 'listCatalog', tag: 'Catalog', summary: 'List the catalog of connectors',
  description:
    'What can be connected: ways to connect with their fields, inputs, entities (`streams`), latency and rate-limit posture. Connectors of your own (`custom`) come after the catalog\'s, as far as they ' +
    'fit into an answer; all of them are in GET /api/v1/connectors/definitions.',
  query: z.strictObject({ category: z.string().min(1).max(64).optional() }), reply: z.object({ connectors: z.array(catalogConnector) }),
});
const get = endpoint({
  method: 'GET', path: '/api/v1/connectors/:id', operation: 'getCatalogConnector', tag: 'Catalog', summary: 'One connector of the catalog',
  description: 'By its id, an alias, or `@activepieces/piece-…`; one of your own by its id or the name you gave it.', params: byName, reply: catalogConnectorDetails, errors: ['ENTITY_NOT_FOUND'],
});
const logo = endpoint({
  method: 'GET', path: '/api/v1/connectors/:id/logo', operation: 'getCatalogConnectorLogo', tag: 'Catalog', summary: 'A connector\'s picture', access: { kind: 'public' },
  params: byName, media: 'image/svg+xml', errors: ['ENTITY_NOT_FOUND'], otherStatuses: { 304: 'Not modified' },
});

/** The catalog: which systems can be connected, and how. */
@Controller()
export class ConnectorsController {
  readonly #rpc: RpcClient;
  readonly #egressAddresses: EgressRegion[];

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>) {
    this.#rpc = rpc;
    this.#egressAddresses = context.config.egressAddresses;
  }

  @Serve(list)
  async list(@Call() { principal, query }: CallOf<typeof list>) {
    return { connectors: (await this.#rpc.call(connectors.list, { principal, ...query })).connectors.map(withLogo) };
  }

  @Serve(get)
  async get(@Call() { principal, params }: CallOf<typeof get>) {
    const found = await this.#rpc.call(connectors.get, { principal, connector: params.id });
    return { ...withLogo(found), egressAddresses: found.staticEgress ? this.#egressAddresses : [] };
  }

  @Serve(logo)
  async logo(@Call() { params, request, reply }: CallOf<typeof logo>): Promise<string | undefined> {
    const { svg } = await this.#rpc.call(connectors.logo, { connector: params.id });
    const tag = `"${createHash('sha256').update(svg).digest('base64url').slice(0, 22)}"`;
    void reply
      .header('cache-control', 'public, max-age=86400')
      .header('etag', tag)
      // A picture may be opened as a document of its own: then it may do nothing, whatever is in it.
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
      .type('image/svg+xml; charset=utf-8');
    if (request.headers['if-none-match'] !== tag) return svg;
    void reply.status(304).send();
    return undefined;
  }
}

const withLogo = (connector: ConnectorSummary): z.output<typeof catalogConnector> => ({ ...connector, logoUrl: `/api/v1/connectors/${connector.id}/logo` });
