import { Controller, Inject } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { connectLinks, secret, type ErrorCode, type Secret } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError, SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import { ensureBinding } from '../authorization/browser-binding.js';
import { resultPage } from '../authorization/result-page.js';
import { returnTarget } from '../authorization/return-target.js';
import type { gatewaySettings } from '../config.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { keepPagePrivate } from '../pages/keep-page-private.js';
import { authorizeForm, keyForm, problemsOf, type Tried } from './connect-form.js';
import { connectPage } from './connect-page.js';
import { ConnectorLogos } from './connector-logos.js';
import { keyOfForm } from './key-of-form.js';
import { pageAddress } from './page-address.js';
import { requireOwnPage } from './require-own-page.js';

const tag = 'Connect links';
const byToken = z.strictObject({ token: secret(z.string().min(1).max(128)) });
const access = { kind: 'public' } as const;
const media = 'text/html';
/** What the person can mend, or try again: told on the page itself. */
const mendable: readonly ErrorCode[] = ['VALIDATION', 'INVALID_APP_CONNECTION', 'OAUTH_APP_MISSING', 'CONFLICT', 'CONNECTOR_MISCONFIGURED', 'PROVIDER_UNAVAILABLE', 'SERVICE_UNAVAILABLE'];
const refusals = ['CONNECT_LINK_INVALID', 'AUTHORIZATION', 'INVALID_APP_CONNECTION', 'CONFLICT', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED'] as const;

const open = endpoint({
  method: 'GET', path: '/connect/:token', operation: 'openConnectPage', tag, summary: 'The page of a connect link', access, media,
  description: 'For a person\'s browser. Changes nothing, however often it is opened. `connector`: which of those offered.',
  params: byToken, query: z.strictObject({ connector: z.string().trim().min(1).max(128).optional() }), errors: ['CONNECT_LINK_INVALID'],
});
const authorize = endpoint({
  method: 'POST', path: '/connect/:token/authorize', operation: 'authorizeByConnectLink', tag, summary: 'The page\'s form for consent', access, form: true,
  description: 'Sent by the page itself, from no other origin. Answers 303 to the consent screen and the cookie that must come back with the callback; the page again if something was wrong.',
  params: byToken, body: authorizeForm, status: 303, errors: [...refusals, 'OAUTH_APP_MISSING'], media,
});
const connect = endpoint({
  method: 'POST', path: '/connect/:token/key', operation: 'connectByConnectLink', tag, summary: 'The page\'s form for a key', access, form: true,
  description: 'Sent by the page itself, from no other origin. Answers 303 to the return URL, or a page that says what was connected; the page again if something was wrong.',
  params: byToken, body: keyForm, status: 303, errors: refusals, otherStatuses: { 200: 'Connected, and there is no return URL' }, media,
});

interface Sent {
  readonly token: Secret;
  readonly connector: string;
  readonly tried: Omit<Tried, 'message' | 'problems'>;
  readonly reply: FastifyReply;
}

/** Where somebody without an account connects. */
@Controller()
export class ConnectPageController {
  readonly #rpc: RpcClient;
  readonly #publicUrl: string;
  readonly #logos: ConnectorLogos;

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>) {
    this.#rpc = rpc;
    this.#publicUrl = context.config.publicUrl;
    this.#logos = new ConnectorLogos(rpc);
  }

  @Serve(open)
  async open(@Call() { params, query, reply }: CallOf<typeof open>): Promise<void> {
    await this.#show(reply, 200, params.token, query.connector, null);
  }

  @Serve(authorize)
  async authorize(@Call() { params: { token }, body, request, reply }: CallOf<typeof authorize>): Promise<void> {
    requireOwnPage(request, this.#publicUrl);
    const { connector, inputs } = body;
    await this.#orShowAgain({ token, connector, reply, tried: { method: 'OAUTH2', inputs, members: {} } }, async () => {
      const { authorizationUrl } = await this.#rpc.call(connectLinks.authorize, { token, connector, inputs: filledIn(inputs), browserBinding: ensureBinding(request, reply, this.#publicUrl) });
      this.#send(reply.status(303).header('location', authorizationUrl));
    });
  }

  @Serve(connect)
  async connect(@Call() { params: { token }, body, request, reply }: CallOf<typeof connect>): Promise<void> {
    requireOwnPage(request, this.#publicUrl);
    const { connector: name, type, inputs, members } = body;
    await this.#orShowAgain({ token, connector: name, reply, tried: { method: type, inputs, members } }, async () => {
      const { connectors } = await this.#rpc.call(connectLinks.open, { token });
      const method = connectors.find(({ id }) => id === name)?.authMethods.find((offered) => offered.type === type);
      if (method === undefined) throw new AppError('INVALID_APP_CONNECTION', 'This link does not offer that.');
      const done = await this.#rpc.call(connectLinks.connect, { token, connector: name, inputs: filledIn(inputs), value: keyOfForm(method, members) });
      const { connector: connected, connectionId, account, returnUrl } = done;
      if (returnUrl !== null) return this.#send(reply.status(303).header('location', returnTarget(returnUrl, { connected, connectionId })));
      keepPagePrivate(reply);
      const named = connectors.find(({ id }) => id === connected)?.name ?? connected;
      void reply.status(200).type('text/html; charset=utf-8').send(resultPage('Connected', `${named}${account.name === null ? '' : ` (${account.name})`} is connected. You can close this window.`));
    });
  }

  #send(reply: FastifyReply): void {
    keepPagePrivate(reply);
    void reply.send();
  }

  /** A form that was refused is shown again, with what was wrong. The link's own end is not: that is another page. */
  async #orShowAgain({ token, connector, tried, reply }: Sent, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError) || !mendable.includes(error.code)) throw error;
      await this.#show(reply, error.status, token, connector, { ...tried, message: error.params.message, problems: problemsOf(error.params) });
    }
  }

  async #show(reply: FastifyReply, status: number, token: Secret, wanted: string | undefined, tried: Tried | null): Promise<void> {
    const opened = await this.#rpc.call(connectLinks.open, { token });
    const { connectors } = opened;
    const connector = connectors.find(({ id }) => id === wanted) ?? (connectors.length === 1 ? connectors[0]! : null);
    const logos = await this.#logos.of(connector === null ? connectors : [connector]);
    // The provider's address is known only when the form has been sent, and is where the browser is led then.
    keepPagePrivate(reply, this.#publicUrl.startsWith('https:') ? "'self' https:" : "'self' https: http:");
    void reply.status(status).type('text/html; charset=utf-8').send(connectPage({ url: pageAddress(this.#publicUrl, token), opened, connector, logos, tried }));
  }
}

/** A field that was left empty says nothing. */
const filledIn = (inputs: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== ''));
