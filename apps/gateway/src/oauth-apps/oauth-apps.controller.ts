import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { newOauthApp, oauthApp, oauthAppId, oauthApps, page, pageRequest, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';

const admin = { kind: 'key', scope: 'admin' } as const;
const byId = z.strictObject({ id: oauthAppId });

const list = endpoint({
  method: 'GET', path: '/api/v1/oauth-apps', operation: 'listOauthApps', tag: 'OAuth apps', summary: 'List the OAuth apps that can be used', access: admin,
  description: 'Your own, and above them the platform\'s and the built-in ones (without a platformId). Never with their secrets. Apps that came with one connection are not listed.',
  query: z.strictObject({ connector: z.string().min(1).max(128).optional(), limit: z.int().min(1).max(100).default(10), cursor: pageRequest.cursor }), reply: page(oauthApp),
});
const put = endpoint({
  method: 'POST', path: '/api/v1/oauth-apps', operation: 'putOauthApp', tag: 'OAuth apps', summary: 'Set the OAuth app for a connector', access: admin,
  description:
    'Client id and secret of a platform, or of one project, for a connector. Replaces the former pair and keeps its id. The secret never comes out again. ' +
    'With builtIn (operator only) it serves every platform of the installation.',
  body: newOauthApp, reply: oauthApp, status: 201, errors: ['ENTITY_NOT_FOUND'],
});
const get = endpoint({
  method: 'GET', path: '/api/v1/oauth-apps/:id', operation: 'getOauthApp', tag: 'OAuth apps', summary: 'Get an OAuth app, without its secret', access: admin,
  params: byId, reply: oauthApp, errors: ['ENTITY_NOT_FOUND'],
});
const remove = endpoint({
  method: 'DELETE', path: '/api/v1/oauth-apps/:id', operation: 'deleteOauthApp', tag: 'OAuth apps', summary: 'Delete an OAuth app', access: admin,
  description:
    'Connections that were made with it cannot renew their tokens any more: they stop working when these expire, and must be connected again with another app. ' +
    'Refused (CONFLICT) while somebody is at a consent page with it. To change client id or secret, POST them again instead.',
  params: byId, reply: oauthApps.delete.reply, errors: ['ENTITY_NOT_FOUND', 'CONFLICT'],
});

/** Registrations at providers: whose client the people who connect are asked to trust. */
@Controller()
export class OauthAppsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(list)
  list(@Call() { principal, query }: CallOf<typeof list>): Promise<ReplyOf<typeof oauthApps.list>> {
    return this.#rpc.call(oauthApps.list, { principal, ...query });
  }

  @Serve(put)
  put(@Call() { principal, body }: CallOf<typeof put>): Promise<ReplyOf<typeof oauthApps.put>> {
    return this.#rpc.call(oauthApps.put, { principal, oauthApp: body });
  }

  @Serve(get)
  get(@Call() { principal, params }: CallOf<typeof get>): Promise<ReplyOf<typeof oauthApps.get>> {
    return this.#rpc.call(oauthApps.get, { principal, id: params.id });
  }

  @Serve(remove)
  remove(@Call() { principal, params }: CallOf<typeof remove>): Promise<ReplyOf<typeof oauthApps.delete>> {
    return this.#rpc.call(oauthApps.delete, { principal, id: params.id });
  }
}
