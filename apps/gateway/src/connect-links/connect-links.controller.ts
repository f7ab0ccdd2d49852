import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { connectLink, connectLinkId, connectLinks, newConnectLink, page, pageRequest, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import { mayRead, mayWrite } from '../app-connections/app-connection-requests.js';
import type { gatewaySettings } from '../config.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { pageAddress } from './page-address.js';

const tag = 'Connect links';
const byId = z.strictObject({ id: connectLinkId });

const create = endpoint({
  method: 'POST', path: '/api/v1/connect-links', operation: 'createConnectLink', tag, summary: 'Create a link by which an end user connects', access: mayWrite,
  description: 'For somebody of yours who has no account here. `url` is the page to send that person\'s browser to; the answer is the only place where it is ever shown. It works once, until it expires.',
  body: newConnectLink, projectInBody: true, reply: connectLink.extend({ url: z.url() }), status: 201,
  errors: ['ENTITY_NOT_FOUND', 'RETURN_URL_NOT_ALLOWED', 'INVALID_APP_CONNECTION'],
});
const list = endpoint({
  method: 'GET', path: '/api/v1/connect-links', operation: 'listConnectLinks', tag, summary: 'List connect links', access: mayRead,
  description: 'Without their addresses. Used, revoked and expired ones too, for thirty days after their time. Oldest first.',
  query: z.strictObject(pageRequest), reply: page(connectLink),
});
const get = endpoint({
  method: 'GET', path: '/api/v1/connect-links/:id', operation: 'getConnectLink', tag, summary: 'Get a connect link', access: mayRead,
  description: '`usedConnectionId` says what came of it.', params: byId, reply: connectLink, errors: ['ENTITY_NOT_FOUND'],
});
const revoke = endpoint({
  method: 'DELETE', path: '/api/v1/connect-links/:id', operation: 'revokeConnectLink', tag, summary: 'Revoke a connect link', access: mayWrite,
  description: 'Nothing is connected by it any more, nor by a consent that was begun from it. What was connected already stays.', params: byId, reply: connectLink, errors: ['ENTITY_NOT_FOUND'],
});

@Controller()
export class ConnectLinksController {
  readonly #rpc: RpcClient;
  readonly #publicUrl: string;

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>) {
    this.#rpc = rpc;
    this.#publicUrl = context.config.publicUrl;
  }

  @Serve(create)
  async create(@Call() { principal, body, reply }: CallOf<typeof create>) {
    void reply.header('cache-control', 'no-store');
    const { token, ...link } = await this.#rpc.call(connectLinks.create, { principal, link: body });
    return { ...link, url: pageAddress(this.#publicUrl, token) };
  }

  @Serve(list)
  list(@Call() { principal, query }: CallOf<typeof list>): Promise<ReplyOf<typeof connectLinks.list>> {
    return this.#rpc.call(connectLinks.list, { principal, ...query });
  }

  @Serve(get)
  get(@Call() { principal, params }: CallOf<typeof get>): Promise<ReplyOf<typeof connectLinks.get>> {
    return this.#rpc.call(connectLinks.get, { principal, id: params.id });
  }

  @Serve(revoke)
  revoke(@Call() { principal, params }: CallOf<typeof revoke>): Promise<ReplyOf<typeof connectLinks.revoke>> {
    return this.#rpc.call(connectLinks.revoke, { principal, id: params.id });
  }
}
