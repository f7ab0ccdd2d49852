import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { connections, isOauth, moment } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError, SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import { beginAuthorization } from '../authorization/begin-authorization.js';
import type { gatewaySettings } from '../config.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { byId, mayWrite } from './app-connection-requests.js';
import { appConnectionValue, toConnectionValue } from './app-connection-value.js';
import { connectorProfile, toProfile } from './profile.js';

export const begunReconnect = z.object({ authorizationUrl: z.url(), connectionId: connectorProfile.shape.id, expiresAt: moment });

const reconnect = endpoint({
  method: 'POST', path: '/api/v1/app-connections/:id/reconnect', operation: 'reconnectAppConnection', tag: 'Connector profiles', summary: 'Connect again, keeping id and flows', access: mayWrite,
  description:
    'OAuth: answers the address of the consent screen and sets the cookie that must come back with the callback; `scopes` asks for more than before. Everything else: bring the new key as `value`, ' +
    'and the old one is destroyed when the new one has been verified. Another account at the provider is refused (409 CONFLICT) unless `allowOtherAccount`.',
  params: byId,
  body: z.strictObject({
    value: appConnectionValue.optional(),
    expires: moment.nullable().optional(),
    scopes: z.array(z.string().min(1).max(512)).max(100).optional(),
    returnUrl: z.string().min(1).max(2_048).optional(),
    allowOtherAccount: z.boolean().default(false),
  }),
  projectInBody: true, reply: z.union([begunReconnect, connectorProfile]),
  errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONFLICT', 'OAUTH_APP_MISSING', 'RETURN_URL_NOT_ALLOWED', 'CONNECTOR_MISCONFIGURED'],
});

@Controller()
export class ReconnectController {
  readonly #rpc: RpcClient;
  readonly #publicUrl: string;

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>) {
    this.#rpc = rpc;
    this.#publicUrl = context.config.publicUrl;
  }

  @Serve(reconnect)
  async reconnect(@Call() call: CallOf<typeof reconnect>) {
    const { principal, params, body } = call;
    const { allowOtherAccount } = body;
    if (body.value !== undefined) {
      return toProfile(await this.#rpc.call(connections.rotate, { principal, id: params.id, value: toConnectionValue(body.value), expires: body.expires, allowOtherAccount }));
    }
    const { id, type, connector, externalId, inputs, scope } = await this.#rpc.call(connections.get, { principal, id: params.id });
    if (!isOauth(type) && type !== 'PLACEHOLDER') throw new AppError('VALIDATION', `value: is missing. A connection of type ${type} is connected again with a new value.`, { params: { in: 'body' } });
    const { connectionId, authorizationUrl, expiresAt } = await beginAuthorization(this.#rpc, call, this.#publicUrl, {
      id, connector, externalId, inputs, scope, scopes: body.scopes, returnUrl: body.returnUrl, allowOtherAccount, callback: 'connectors', ...(isOauth(type) ? { type } : {}),
    });
    return { connectionId, authorizationUrl, expiresAt };
  }
}
