import type { z } from 'zod';
import { principals, type Connection, type Principal, type ReplyOf, type RequestOf, type RpcContract } from '@trunkline/contracts';
import { AppError, type RunningService } from '@trunkline/service';
import { answerRpc, startTestNats, startTestService, type TestNats } from '@trunkline/testing';
import { gateway } from '../src/index.js';
import { Documented, type Document } from './documented.js';

export const principal: Principal = {
  kind: 'api_key', id: 'key_1', reach: 'project', platformId: 'plat_1', projectId: 'proj_1', userId: 'user_1',
  scopes: ['connections:read', 'connections:write', 'syncs:run', 'tokens:resolve', 'audit:read'],
};

export const connection: Connection = {
  id: 'conn_1', externalId: 'ext_1', platformId: 'plat_1', projectId: 'proj_1', projectIds: ['proj_1'], scope: 'PROJECT', preSelectForNewProjects: false,
  ownerId: 'user_1', owner: { email: 'user@company.com', firstName: 'John', lastName: 'Doe' }, connector: 'hubspot', pieceName: 'hubspot', pieceVersion: null, type: 'OAUTH2',
  displayName: 'HubSpot', status: 'active', statusReason: null, account: { id: '1', name: 'Acme' }, inputs: {}, metadata: null, scopes: ['crm.read'],
  connectedAt: '2026-01-01T00:00:00.000Z', expires: null, created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z', version: 1,
};

export type CallInit = Omit<RequestInit, 'body'> & { key?: string; body?: unknown };

/** A real gateway on a real nats-server; the services it asks are answered by small responders. */
export class World {
  #responders: { stop(): Promise<void> }[] = [];
  #documented: Documented | undefined;
  /** How often a key was asked about. */
  asked = 0;

  private constructor(
    readonly nats: TestNats,
    readonly service: RunningService,
    readonly url: string,
  ) {}

  /** @param who who a key stands for, in place of the usual ones */
  static async start(environment: Record<string, string> = {}, who?: (request: RequestOf<typeof principals.authenticate>) => Principal): Promise<World> {
    const nats = await startTestNats();
    const service = await startTestService(gateway, { natsUrl: nats.url, environment: { PORT: '0', TRUNKLINE_PUBLIC_URL: 'https://trunkline.example', ...environment } });
    const world = new World(nats, service, service.url!);
    await world.answer(principals.authenticate)((request): Principal => {
      world.asked += 1;
      if (who !== undefined) return who(request);
      const { key } = request;
      if (key.reveal() === 'admin') return { ...principal, id: 'key_admin', scopes: ['admin'] };
      if (key.reveal() === 'reader') return { ...principal, id: 'key_reader', scopes: ['connections:read'] };
      if (key.reveal() === 'planner') return { ...principal, id: 'key_planner', scopes: ['flows:read', 'flows:write'] };
      if (key.reveal().startsWith('good')) return principal;
      throw new AppError('AUTHENTICATION', 'The key is not valid.');
    });
    return world;
  }

  /**
   * `world.answer(contract)(handler)`: in two steps the compiler knows the contract when it looks at the handler. In one, the handler says
   * what it returns.
   */
  answer<Contract extends RpcContract>(contract: Contract): (handler: (request: RequestOf<Contract>) => ReplyOf<Contract> | Promise<ReplyOf<Contract>>) => Promise<void>;
  answer<Request extends z.ZodType, Reply extends z.ZodType>(contract: RpcContract<Request, Reply>, handler: (request: z.output<Request>) => Promise<z.output<Reply>> | z.output<Reply>): Promise<void>;
  answer(contract: RpcContract, given?: (request: never) => unknown): unknown {
    const answer = async (handler: (request: never) => unknown): Promise<void> => {
      this.#responders.push(await answerRpc(this.nats.url, contract, handler as never));
    };
    return given === undefined ? answer : answer(given);
  }

  document(): Promise<Document> {
    return fetch(`${this.url}/api/docs/openapi.json`).then((response) => response.json() as Promise<Document>);
  }

  /** A request with the usual key. Whatever comes back is held against the API's description. */
  async call(path: string, { key = 'good', body, ...rest }: CallInit = {}): Promise<Response> {
    const response = await fetch(`${this.url}${path}`, {
      redirect: 'manual',
      ...rest,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: { ...(key === '' ? {} : { 'x-api-key': key }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...rest.headers },
    });
    this.#documented ??= new Documented(await this.document());
    const { method = 'GET' } = rest;
    if (method !== 'HEAD') this.#documented.check(method, path, response.status, response.headers.get('content-type'), await response.clone().text());
    return response;
  }

  /** The same with a body, by POST. */
  post(path: string, body: unknown = {}, init: CallInit = {}): Promise<Response> {
    return this.call(path, { method: 'POST', body, ...init });
  }

  async stop(): Promise<void> {
    await this.service.close();
    await Promise.all(this.#responders.map((responder) => responder.stop()));
    await this.nats.stop();
  }
}

/** Status and body, for one look. */
export const seen = async (response: Response): Promise<[number, unknown]> => {
  const text = await response.text();
  return [response.status, text === '' ? null : (JSON.parse(text) as unknown)];
};
