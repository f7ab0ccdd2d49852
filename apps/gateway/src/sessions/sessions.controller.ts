import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { newSession, principal, project, projects, Secret, session, sessions, user, users, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import { clientAddress } from '../access/client-address.js';
import { presentedKey } from '../access/presented-key.js';
import { clearSessionCookie, csrfTokenOf, readSessionCookie, setSessionCookie } from '../access/session-cookie.js';
import type { gatewaySettings } from '../config.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';

const tag = 'Sessions';
const whoami = z.object({ ...principal.shape, user: user.nullable(), project: project.nullable() });

const create = endpoint({
  method: 'POST', path: '/api/v1/sessions', operation: 'createSession', tag, summary: 'Log in with a password', access: { kind: 'public' },
  description: 'Present the token of the answer as `Authorization: Bearer <token>`. Failed logins are limited per e-mail address and per client address.',
  body: newSession, reply: session, status: 201, errors: ['AUTHENTICATION', 'AUTHORIZATION'],
});
const createInBrowser = endpoint({
  method: 'POST', path: '/api/v1/sessions/cookie', operation: 'createBrowserSession', tag, summary: 'Log in with a password, in a browser', access: { kind: 'public' },
  description:
    'The token goes into a cookie that no script can read. Requests that change something must bring `csrfToken` as the header x-csrf-token and come from our own origin. ' +
    'With the cookie a person can open GET /api/connectors/:type/auth as it stands; GET /api/sync/run takes no cookie.',
  body: newSession, reply: session.omit({ token: true }).extend({ csrfToken: z.string() }), status: 201, errors: ['AUTHENTICATION', 'AUTHORIZATION'],
});
const end = endpoint({
  method: 'DELETE', path: '/api/v1/sessions', operation: 'endSession', tag, summary: 'Log out',
  description: 'Ends the session whose token is presented, everywhere within five seconds. Anything else that is presented stays as it is.', reply: z.object({ ended: z.boolean() }),
});
const me = endpoint({
  method: 'GET', path: '/api/v1/sessions/me', operation: 'whoAmI', tag, summary: 'Who is calling, in which project, and with what scopes',
  description: 'For sessions, tokens of the outside issuer and API keys alike. `user` is there for people only.', reply: whoami,
});

@Controller()
export class SessionsController {
  readonly #rpc: RpcClient;
  readonly #proxies: number;
  readonly #publicUrl: string;

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) { config }: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>) {
    this.#rpc = rpc;
    this.#proxies = config.trustedProxies;
    this.#publicUrl = config.publicUrl;
  }

  @Serve(create)
  create(@Call() call: CallOf<typeof create>): Promise<ReplyOf<typeof sessions.create>> {
    return this.#create(call);
  }

  @Serve(createInBrowser)
  async createInBrowser(@Call() call: CallOf<typeof createInBrowser>): Promise<z.output<(typeof createInBrowser)['reply']>> {
    const { token, ...made } = await this.#create(call);
    setSessionCookie(call.reply, this.#publicUrl, { token, expires: made.expires });
    return { ...made, csrfToken: csrfTokenOf(token.reveal()) };
  }

  @Serve(end)
  end(@Call() { principal, request, reply }: CallOf<typeof end>): Promise<ReplyOf<typeof sessions.end>> {
    clearSessionCookie(reply, this.#publicUrl);
    return this.#rpc.call(sessions.end, { principal, token: new Secret(presentedKey(request.headers) ?? readSessionCookie(request)!) });
  }

  #create({ body, request, reply }: Pick<CallOf<typeof create>, 'body' | 'request' | 'reply'>): Promise<ReplyOf<typeof sessions.create>> {
    void reply.header('cache-control', 'no-store');
    return this.#rpc.call(sessions.create, { session: body, clientAddress: clientAddress(request.headers, request.socket.remoteAddress, this.#proxies) });
  }

  @Serve(me)
  async me(@Call() { principal }: CallOf<typeof me>): Promise<z.output<typeof whoami>> {
    const { kind, userId, projectId } = principal;
    const [itself, worksIn] = await Promise.all([
      kind === 'user' && userId !== null ? this.#rpc.call(users.get, { principal, id: userId }) : null,
      projectId === null ? null : this.#rpc.call(projects.get, { principal, id: projectId }),
    ]);
    return { ...principal, user: itself, project: worksIn };
  }
}
