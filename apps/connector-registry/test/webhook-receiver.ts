import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { connectionBroken, credentialExpiring, newId, webhooks, type Principal, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { startHttpServer, waitFor } from '@trunkline/testing';
import { Webhook } from 'standardwebhooks';
import type { Registry } from './harness.js';

export interface Received {
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}
type Answer = (response: ServerResponse, nth: number, received: Received, request: IncomingMessage) => void | Promise<void>;

/** A real HTTP server that is told of events: it keeps what comes and answers, path by path, as the test says. */
export async function startReceiver() {
  const received: Received[] = [];
  const answers = new Map<string, Answer>();
  const server = await startHttpServer(async (request, response, body) => {
    const path = request.url!;
    const one = { path, id: String(request.headers['webhook-id']), headers: request.headers, body, at: Date.now() };
    received.push(one);
    const answer = answers.get(path);
    if (answer === undefined) response.writeHead(204).end();
    else await answer(response, received.filter((other) => other.path === path).length, one, request);
  });
  const at = (path: string) => received.filter((other) => other.path === path);
  return {
    authority: server.authority,
    url: (path: string) => `${server.url}${path}`,
    at,
    answer: (path: string, how: Answer) => void answers.set(path, how),
    /** Once that many have come. */
    wait: async (path: string, count = 1, timeoutMs = 15_000): Promise<Received[]> => {
      await waitFor(() => at(path).length >= count, { what: `${count} messages at ${path}, of which not all came`, timeoutMs });
      return at(path);
    },
    close: () => server.close(),
  };
}
export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

export const status = (code: number, headers: Record<string, string> = {}): Answer => (response) => void response.writeHead(code, headers).end();
/** A verdict of a library that is not ours; throws unless the message is genuine. */
export const verified = ({ body, headers }: Received, secret: string) => new Webhook(secret).verify(body, headers as Record<string, string>) as { type: string; timestamp: string; data: Record<string, unknown> };

type Tenant = { platform: { id: string }; project: { id: string } };
export type Made = ReplyOf<typeof webhooks.create>;

/** What tests do with webhooks, in few words. */
export function webhookVerbs(registry: () => Registry, receiver: () => Receiver) {
  let number = 0;
  const call: Registry['call'] = (contract, request) => registry().call(contract, request);
  const get = (principal: Principal, id: string) => call(webhooks.get, { principal, id });
  return {
    get,
    tenant: async () => {
      const made = await registry().tenant();
      return { ...made, admin: await made.principalWith(['admin']) };
    },
    /** At a path of its own. */
    create: async (principal: Principal, over: Partial<RequestOf<typeof webhooks.create>['webhook']> = {}) => {
      const path = `/${(number += 1)}`;
      const webhook = await call(webhooks.create, { principal, webhook: { url: receiver().url(path), description: '', events: null, enabled: true, ...over } });
      return { path, webhook, secret: webhook.secret.reveal() };
    },
    change: (principal: Principal, id: string, change: RequestOf<typeof webhooks.update>['change']) => call(webhooks.update, { principal, id, change }),
    deliveries: async (principal: Principal, id: string, status?: 'waiting' | 'delivered' | 'given_up') => (await call(webhooks.deliveries, { principal, id, limit: 100, status })).data,
    state: (principal: Principal, id: string, wanted: string) => waitFor(async () => {
      const found = await get(principal, id);
      return found.state === wanted && found;
    }, { what: `the webhook to be ${wanted}` }),
    fact: ({ platform, project }: Tenant, over: { projectId?: string | null; connectionId?: string } = {}) => ({
      connectionId: newId('connection'), platformId: platform.id, projectId: project.id, connector: 'sandbox_crm', ...over,
    }),
    broken: (fact: { connectionId: string; platformId: string; projectId: string | null; connector: string }, id?: string) =>
      registry().tell(connectionBroken, { ...fact, reason: 'reauth_required' }, id ?? newId('event')),
    expiring: (fact: { connectionId: string; platformId: string; projectId: string | null; connector: string }) =>
      registry().tell(credentialExpiring, { ...fact, credentialVersion: 1, expiresAt: '2027-01-01T00:00:00.000Z', what: 'refresh' }, newId('event')),
  };
}
