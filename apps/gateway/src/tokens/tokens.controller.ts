import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { connectionId, credentials, tokenName, userId } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { toUsableToken, usableToken } from './usable-token.js';

const resolveToken = endpoint({
  method: 'POST', path: '/api/connectors/:provider/token', operation: 'resolveToken', tag: 'Tokens', summary: 'Hand out a usable token',
  access: { kind: 'key', scope: 'tokens:resolve' },
  description:
    'For services and agents, with X-Services-Token (or x-api-key). The token is refreshed first if it would not live for minimumSeconds. ' +
    'Without connectionId: the connection of userId, else of the key\'s own user, else the project\'s latest. tokenName: a further token where a provider gives two (Slack: user). Never cache past expiresAt.',
  params: z.strictObject({ provider: z.string().trim().min(1).max(128) }),
  body: z.strictObject({ connectionId: connectionId.optional(), userId: userId.optional(), tokenName: tokenName.optional(), minimumSeconds: z.int().min(0).max(3_600).optional() }),
  reply: usableToken,
  errors: ['ENTITY_NOT_FOUND', 'CREDENTIAL_NEEDS_RECONNECT', 'CREDENTIAL_COOLDOWN', 'CONNECTION_DISABLED', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED'],
});

/** Tokens by provider and user, in the words of the reeve reference. */
@Controller()
export class TokensController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(resolveToken)
  async resolve(@Call() { principal, params, body, reply }: CallOf<typeof resolveToken>) {
    return toUsableToken(reply, await this.#rpc.call(credentials.resolve, { principal, connector: params.provider, ...body }), params.provider);
  }
}
