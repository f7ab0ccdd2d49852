import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { authorizations, connectionId, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError, SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type Logger, type ServiceContext } from '@trunkline/service';
import type { gatewaySettings } from '../config.js';
import { connectorWord } from '../connections/connector-word.js';
import { sendError, toAppError } from '../errors/http-error.filter.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { beginAuthorization } from './begin-authorization.js';
import { readBinding } from './browser-binding.js';
import { keepPrivate } from './keep-private.js';
import { wantsPage } from '../pages/wants-page.js';
import { resultPage } from './result-page.js';
import { returnTarget } from './return-target.js';

const mayWrite = { kind: 'key', scope: 'connections:write' } as const;
const connectorName = z.string().trim().min(1).max(128);
/** Known parameters; any other is an input of the connector (shop, subdomain, account). */
const startQuery = z.object({
  redirect_uri: z.string().min(1).max(2_048).optional(),
  externalId: z.string().min(1).max(256).optional(),
  displayName: z.string().trim().min(1).max(200).optional(),
}).catchall(z.string().max(2_048));
const callbackQuery = z.record(z.string().max(256), z.union([z.string().max(8_192), z.array(z.string())]));
export const connected = z.object({ connected: z.literal(true), provider: z.string(), connectionId, account_name: z.string().nullable() });
const startErrors = ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'OAUTH_APP_MISSING', 'RETURN_URL_NOT_ALLOWED', 'CONFLICT'] as const;
const callbackErrors = [
  'AUTHORIZATION_STATE_INVALID', 'AUTHORIZATION_DENIED', 'AUTHORIZATION_FAILED', 'CONNECT_LINK_INVALID', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED',
  'CONFLICT',
] as const;

const startApex = endpoint({
  method: 'GET', path: '/api/connectors/:type/auth', operation: 'startConnectorAuthorization', tag: 'OAuth', summary: 'Send the browser to the platform\'s consent screen', access: mayWrite,
  description: 'Answers 302 and a cookie that must come back with the callback. Further query parameters are the connector\'s inputs, e.g. ?shop=acme.',
  params: z.strictObject({ type: connectorName }), query: startQuery, status: 302, errors: startErrors,
});
const startReeve = endpoint({
  method: 'GET', path: '/api/oauth/:provider/authorize', operation: 'startAuthorization', tag: 'OAuth', summary: 'The consent screen\'s address as JSON', access: mayWrite,
  description: 'redirect_uri: where the browser goes in the end; must be one of the project\'s return URLs. Sets the cookie that must come back with the callback.',
  params: z.strictObject({ provider: connectorName }), query: startQuery,
  reply: z.object({ auth_url: z.url(), connectionId, expiresAt: z.iso.datetime() }), errors: startErrors,
});
const finishApex = endpoint({
  method: 'GET', path: '/api/connectors/:type/callback', operation: 'finishConnectorAuthorization', tag: 'OAuth', summary: 'Where the platform sends the browser back', access: { kind: 'public' },
  description: 'Called by the platform\'s redirect. Answers a redirect, a page, or JSON (Accept: application/json).',
  params: z.strictObject({ type: connectorName }), query: callbackQuery, reply: connected, errors: callbackErrors, otherStatuses: { 302: 'To the return URL' },
});
const finishReeve = endpoint({
  method: 'GET', path: '/api/oauth/:provider/callback', operation: 'finishAuthorization', tag: 'OAuth', summary: 'Where the provider sends the browser back', access: { kind: 'public' },
  params: z.strictObject({ provider: connectorName }), query: callbackQuery, reply: connected, errors: callbackErrors, otherStatuses: { 302: 'To the return URL' },
});

type GatewayContext = ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>;
type Completed = ReplyOf<typeof authorizations.complete>;

/** The browser's side of the OAuth walk: out to consent, and back. */
@Controller()
export class AuthorizationController {
  readonly #rpc: RpcClient;
  readonly #publicUrl: string;
  readonly #logger: Logger;

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) context: GatewayContext) {
    this.#rpc = rpc;
    this.#publicUrl = context.config.publicUrl;
    this.#logger = context.logger;
  }

  @Serve(startApex)
  async startApex(@Call() call: CallOf<typeof startApex>): Promise<void> {
    const started = await this.#start(call, call.params.type, 'connectors');
    void call.reply.header('location', started.authorizationUrl);
  }

  @Serve(startReeve)
  async startReeve(@Call() call: CallOf<typeof startReeve>) {
    const started = await this.#start(call, call.params.provider, 'oauth');
    return { auth_url: started.authorizationUrl, connectionId: started.connectionId, expiresAt: started.expiresAt };
  }

  @Serve(finishApex)
  finishApex(@Call() call: CallOf<typeof finishApex>) {
    return this.#finish(call, call.params.type, 'connectors');
  }

  @Serve(finishReeve)
  finishReeve(@Call() call: CallOf<typeof finishReeve>) {
    return this.#finish(call, call.params.provider, 'oauth');
  }

  #start(call: Pick<CallOf<typeof startApex>, 'principal' | 'query' | 'request' | 'reply'>, connector: string, callback: 'connectors' | 'oauth') {
    const { redirect_uri: returnUrl, externalId, displayName, ...inputs } = call.query;
    return beginAuthorization(this.#rpc, call, this.#publicUrl, { connector, callback, inputs, externalId, displayName, returnUrl, scope: 'PROJECT', allowOtherAccount: false });
  }

  async #finish(call: Pick<CallOf<typeof finishApex>, 'query' | 'request' | 'reply'>, connector: string, callback: 'connectors' | 'oauth') {
    const { request, reply } = call;
    keepPrivate(reply);
    let completed: Completed;
    try {
      completed = await this.#rpc.call(authorizations.complete, { callback, connector, query: onlyOnce(call.query), browserBinding: readBinding(request) });
    } catch (thrown) {
      const error = toAppError(thrown);
      const { returnUrl } = error.params;
      if (error.code === 'AUTHORIZATION_DENIED' && typeof returnUrl === 'string' && wantsPage(request)) {
        void reply.status(302).header('location', returnTarget(returnUrl, { error: 'access_denied' })).send();
        return undefined;
      }
      if (!wantsPage(request)) sendError(error, request, reply, this.#logger);
      else void reply.status(error.status).type('text/html; charset=utf-8').send(resultPage('Not connected', error.params.message));
      return undefined;
    }
    if (completed.returnUrl !== null && wantsPage(request)) {
      const { connector: connected, connectionId: id } = completed;
      void reply.status(302).header('location', returnTarget(completed.returnUrl, { connected, connectionId: id })).send();
      return undefined;
    }
    if (wantsPage(request)) {
      const account = completed.account.name === null ? '' : ` (${completed.account.name})`;
      void reply.status(200).type('text/html; charset=utf-8').send(resultPage('Connected', `${completed.connector}${account} is connected. You can close this window.`));
      return undefined;
    }
    return { connected: true as const, provider: connectorWord(completed), connectionId: completed.connectionId, account_name: completed.account.name };
  }
}

/** A parameter that comes twice is somebody's trick (RFC 6749 §3.1 forbids it): refused before the state is looked at. */
function onlyOnce(query: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (Array.isArray(value)) throw new AppError('AUTHORIZATION_STATE_INVALID', 'The callback is not valid: a parameter came twice. Start again.');
      return [name, value];
    }),
  );
}
