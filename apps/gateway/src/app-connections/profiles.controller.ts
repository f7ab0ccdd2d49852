import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { callOutcome, connectionId, connections, credentials, flowId, flows, moment, tokenName } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { profileStatus } from '../connections/status-words.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { toUsableToken, usableToken } from '../tokens/usable-token.js';
import { byId, mayRead, mayWrite } from './app-connection-requests.js';
import { appConnectionValue, toConnectionValue } from './app-connection-value.js';
import { connectorProfile, profileHealth, toProfile } from './profile.js';

const tag = 'Connector profiles';
const nothing = z.strictObject({});
const rotateErrors = ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONFLICT', 'CONNECTOR_MISCONFIGURED'] as const;

export const grantedScopes = z.object({
  id: connectionId,
  granted: z.array(z.string()),
  required: z.array(z.string()).describe('The minimum the connector asks for.'),
  missing: z.array(z.string()).describe('Not empty: connect again to grant them.'),
});

const enable = endpoint({
  method: 'POST', path: '/api/v1/app-connections/:id/enable', operation: 'enableAppConnection', tag, summary: 'Let flows and tokens use a connection again', access: mayWrite,
  params: byId, body: nothing, projectInBody: true, reply: connectorProfile, errors: ['ENTITY_NOT_FOUND'],
});
const disable = endpoint({
  method: 'POST', path: '/api/v1/app-connections/:id/disable', operation: 'disableAppConnection', tag, summary: 'Pause a connection', access: mayWrite,
  description: 'Nothing uses it until it is enabled: no flow, no refresh, no token is handed out.',
  params: byId, body: nothing, projectInBody: true, reply: connectorProfile, errors: ['ENTITY_NOT_FOUND'],
});
const verify = endpoint({
  method: 'POST', path: '/api/v1/app-connections/:id/verify', operation: 'verifyAppConnection', tag, summary: 'Make a verification call now', access: mayWrite,
  params: byId, body: nothing, projectInBody: true,
  reply: z.object({ outcome: z.enum(['verified', 'rejected', 'unavailable']), message: z.string().nullable(), connection: connectorProfile }),
  errors: ['ENTITY_NOT_FOUND', 'CONNECTION_DISABLED'],
});
const rotate = endpoint({
  method: 'POST', path: '/api/v1/app-connections/:id/rotate', operation: 'rotateAppConnection', tag, summary: 'Put a new key in the place of the old one', access: mayWrite,
  description: 'The old key is destroyed only when the new one has been verified. A key of another account is refused (409 CONFLICT) unless `allowOtherAccount`.',
  params: byId,
  body: z.strictObject({ value: appConnectionValue, expires: moment.nullable().optional(), allowOtherAccount: z.boolean().default(false) }),
  projectInBody: true, reply: connectorProfile, errors: rotateErrors,
});
const health = endpoint({
  method: 'GET', path: '/api/v1/app-connections/:id/health', operation: 'getAppConnectionHealth', tag, summary: 'The last calls, and what they say', access: mayRead,
  description: 'The status is computed every 60 seconds from the last calls, and at once when a credential is refused.',
  params: byId, reply: profileHealth, errors: ['ENTITY_NOT_FOUND'],
});
const scopes = endpoint({
  method: 'GET', path: '/api/v1/app-connections/:id/scopes', operation: 'getAppConnectionScopes', tag, summary: 'What the provider granted, and what is missing', access: mayRead,
  params: byId, reply: grantedScopes, errors: ['ENTITY_NOT_FOUND'],
});
const usage = endpoint({
  method: 'GET', path: '/api/v1/app-connections/:id/usage', operation: 'getAppConnectionUsage', tag, summary: 'Which flows use a connection', access: mayRead,
  params: byId, reply: z.object({ id: connectionId, flowIds: z.array(flowId), enabledFlows: z.int() }), errors: ['ENTITY_NOT_FOUND'],
});
const token = endpoint({
  method: 'POST', path: '/api/v1/app-connections/:id/token', operation: 'resolveAppConnectionToken', tag: 'Tokens', summary: 'Hand out a usable token of one connection',
  access: { kind: 'key', scope: 'tokens:resolve' },
  description: 'For services and agents. The token is refreshed first if it would not live for minimumSeconds. tokenName: a further token where a provider gives two (Slack: user). Never cache past expiresAt.',
  params: byId, body: z.strictObject({ tokenName: tokenName.optional(), minimumSeconds: z.int().min(0).max(3_600).optional() }), projectInBody: true, reply: usableToken,
  errors: ['ENTITY_NOT_FOUND', 'CREDENTIAL_NEEDS_RECONNECT', 'CREDENTIAL_COOLDOWN', 'CONNECTION_DISABLED', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED'],
});
const report = endpoint({
  method: 'POST', path: '/api/v1/app-connections/:id/calls', operation: 'reportAppConnectionCall', tag, summary: 'Tell how a call with a token ended',
  access: { kind: 'key', scope: 'tokens:resolve' },
  description: 'From callers that use tokens by themselves: five failures in a row make a connection degraded, and a token the provider refuses does so at once.',
  params: byId, body: z.strictObject({ outcome: callOutcome, code: z.string().max(100).nullable().default(null) }), projectInBody: true, status: 204, errors: ['ENTITY_NOT_FOUND'],
});
const recompute = endpoint({
  method: 'POST', path: '/api/v1/app-connections/recompute', operation: 'recomputeAppConnections', tag, summary: 'Compute statuses now', access: mayWrite,
  description: 'All of the project\'s connections, or one, instead of at the next minute.',
  body: z.strictObject({ id: connectionId.optional() }), projectInBody: true, reply: z.object({ computed: z.int(), changed: z.array(connectionId) }), errors: ['ENTITY_NOT_FOUND'],
});

/** Connections, in the words of the apixx reference. */
@Controller()
export class ProfilesController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(enable)
  async enable(@Call() { principal, params }: CallOf<typeof enable>) {
    return toProfile(await this.#rpc.call(connections.enable, { principal, id: params.id }));
  }

  @Serve(disable)
  async disable(@Call() { principal, params }: CallOf<typeof disable>) {
    return toProfile(await this.#rpc.call(connections.disable, { principal, id: params.id }));
  }

  @Serve(verify)
  async verify(@Call() { principal, params }: CallOf<typeof verify>) {
    const { connection, ...said } = await this.#rpc.call(connections.verify, { principal, id: params.id });
    return { ...said, connection: toProfile(connection) };
  }

  @Serve(rotate)
  async rotate(@Call() { principal, params, body }: CallOf<typeof rotate>) {
    return toProfile(await this.#rpc.call(connections.rotate, { principal, id: params.id, ...body, value: toConnectionValue(body.value) }));
  }

  @Serve(health)
  async health(@Call() { principal, params }: CallOf<typeof health>) {
    const found = await this.#rpc.call(connections.health, { principal, id: params.id });
    return { ...found, status: profileStatus(found) };
  }

  @Serve(scopes)
  async scopes(@Call() { principal, params }: CallOf<typeof scopes>) {
    try {
      const { scopes: granted, requiredScopes: required, missingScopes: missing } = await this.#rpc.call(credentials.describe, { principal, connectionId: params.id });
      return { id: params.id, granted, required, missing };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'ENTITY_NOT_FOUND') throw error;
    }
    // No credential: the connection is not there either, or nobody has connected it yet.
    const { id, scopes: granted } = await this.#rpc.call(connections.get, { principal, id: params.id });
    return { id, granted, required: [], missing: [] };
  }

  @Serve(usage)
  async usage(@Call() { principal, params }: CallOf<typeof usage>) {
    const { id } = await this.#rpc.call(connections.get, { principal, id: params.id });
    const { flowIds, enabled } = await this.#rpc.call(flows.usage, { principal, connectionIds: [id] });
    return { id, flowIds: flowIds[id] ?? [], enabledFlows: enabled[id] ?? 0 };
  }

  @Serve(token)
  async token(@Call() { principal, params, body, reply }: CallOf<typeof token>) {
    const resolved = await this.#rpc.call(credentials.resolve, { principal, connectionId: params.id, ...body });
    return toUsableToken(reply, resolved, resolved.connector);
  }

  @Serve(report)
  async report(@Call() { principal, params, body }: CallOf<typeof report>): Promise<void> {
    await this.#rpc.call(connections.report, { principal, id: params.id, ...body });
  }

  @Serve(recompute)
  recompute(@Call() { principal, body }: CallOf<typeof recompute>) {
    return this.#rpc.call(connections.recompute, { principal, id: body.id });
  }
}
