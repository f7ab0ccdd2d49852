import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import {
  authorizations, connectionId, connectionInputs, connectionMetadata, connectionScope, moment, oauthConnectionType, projectId, secret,
} from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError, SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import { beginAuthorization } from '../authorization/begin-authorization.js';
import type { gatewaySettings } from '../config.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { mayWrite } from './app-connection-requests.js';

const optionalText = (max: number) => z.string().trim().min(1).max(max).optional();

/** Where to send the person. Which of the other members there are depends on who receives the code. */
export const authorizationUrl = z.object({
  authorizationUrl: z.url(),
  connectionId: connectionId.optional().describe('Our own walk: the connection it will end in, and until when it can be finished.'),
  expiresAt: moment.optional(),
  state: z.string().optional().describe('With a redirect URL of your own: compare it with what comes back, and send the verifier along with the code.'),
  codeVerifier: secret().nullable().optional(),
});

const getUrl = endpoint({
  method: 'POST', path: '/api/v1/app-connections/oauth2/authorization-url', operation: 'createAuthorizationUrl', tag: 'App connections',
  summary: 'The address of a consent screen', access: mayWrite,
  description:
    'Without `clientId`: our own walk. Open the address in the browser that got this answer (it sets a cookie that must come back); the callback ends in the connection. ' +
    'With `clientId` and `redirectUrl`: the provider sends the code to you, and you bring it with `POST /api/v1/app-connections` (type OAUTH2).',
  body: z.strictObject({
    pieceName: z.string().trim().min(1).max(128),
    pieceVersion: z.string().max(64).optional(),
    clientId: optionalText(1_024),
    redirectUrl: z.url().max(2_048).optional(),
    state: z.string().min(1).max(512).optional(),
    inputs: connectionInputs.optional(),
    props: connectionInputs.optional().describe('The reference\'s name for `inputs`.'),
    scopes: z.array(z.string().min(1).max(512)).max(100).optional(),
    type: oauthConnectionType.optional(),
    externalId: z.string().min(1).max(256).optional(),
    displayName: optionalText(200),
    metadata: connectionMetadata.nullable().optional(),
    scope: connectionScope.optional(),
    projectIds: z.array(projectId).max(1_000).optional(),
    returnUrl: optionalText(2_048).describe('Where the browser goes in the end: one of the project\'s return URLs.'),
  }),
  projectInBody: true, reply: authorizationUrl, errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'OAUTH_APP_MISSING', 'RETURN_URL_NOT_ALLOWED', 'CONFLICT'],
});

@Controller()
export class AuthorizationUrlController {
  readonly #rpc: RpcClient;
  readonly #publicUrl: string;

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>) {
    this.#rpc = rpc;
    this.#publicUrl = context.config.publicUrl;
  }

  @Serve(getUrl)
  async getUrl(@Call() call: CallOf<typeof getUrl>) {
    const { pieceName: connector, clientId, redirectUrl, state, props, inputs: ownInputs, scopes, scope = 'PROJECT', ...placing } = call.body;
    const inputs = { ...props, ...ownInputs };
    if ((clientId === undefined) !== (redirectUrl === undefined)) {
      throw new AppError('VALIDATION', 'clientId and redirectUrl belong together: give both for a walk of your own, or neither.', { params: { in: 'body' } });
    }
    if (clientId === undefined || redirectUrl === undefined) {
      const begun = await beginAuthorization(this.#rpc, call, this.#publicUrl, { connector, inputs, scopes, scope, ...placing, callback: 'connectors', allowOtherAccount: false });
      return { authorizationUrl: begun.authorizationUrl, connectionId: begun.connectionId, expiresAt: begun.expiresAt };
    }
    void call.reply.header('cache-control', 'no-store');
    const { authorizationUrl: url, state: bound, codeVerifier } = await this.#rpc.call(authorizations.url, { principal: call.principal, connector, clientId, redirectUrl, inputs, scopes: scopes ?? [], state });
    return { authorizationUrl: url, state: bound, codeVerifier };
  }
}
