import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttpServer, type TestHttpServer } from '../http-server.js';
import { Grants, type Grant, type Rotation } from './grants.js';

/** What the token endpoint answers in place of tokens. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection is cut instead. */
  readonly cut?: boolean;
}

/** What became of one request to the token endpoint. */
export interface TokenCall {
  readonly grantType: string;
  readonly status: number;
  readonly account: string | null;
}

export interface Held {
  /** Resolves when a request has arrived and waits for its answer. */
  readonly arrived: Promise<void>;
  release(): void;
}

interface Client {
  readonly id: string;
  secret: string;
}

/**
 * An OAuth server and an API of one platform behind one address, in the sandbox's shape, that does what a test says: how its refresh
 * tokens behave, what it answers instead, how long it keeps an answer back. It counts what was asked of it, and how much at once.
 */
export class ScriptedPlatform {
  rotation: Rotation = 'strict';
  /** As the token answer says it, whatever that is. */
  expiresIn: unknown = 3_600;
  /** Decides each answer of the token endpoint; undefined: tokens, if they are due. */
  answer: (request: { grantType: string; grant: Grant | undefined }) => ScriptedAnswer | undefined = () => undefined;
  /** Milliseconds each token answer takes. */
  latencyMs = 0;
  /** How the consent page ends: by default with a code. */
  consent: (query: URLSearchParams) => Record<string, string> | undefined = () => undefined;
  account = 'acc_1';
  readonly client: Client = { id: 'trunkline-sandbox', secret: '' };
  readonly grants = new Grants(() => this.rotation);
  readonly tokenCalls: TokenCall[] = [];
  readonly revoked: string[] = [];
  /** Requests to the token endpoint that are being answered just now, and the most there were at once. */
  inFlight = 0;
  mostInFlight = 0;
  readonly #holds = new Map<Grant, { arrive: () => void; released: Promise<void> }>();
  #server: TestHttpServer | undefined;

  async start(): Promise<this> {
    this.#server = await startHttpServer(async (request, response, body) => this.#serve(request, response, body));
    return this;
  }

  get url(): string {
    return this.#server!.url;
  }
  get authority(): string {
    return this.#server!.authority;
  }
  stop = async (): Promise<void> => this.#server?.close();

  /** The next refresh of the grant is received and not answered until it is released. */
  hold(grant: Grant): Held {
    let arrive = (): void => undefined;
    let release = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#holds.set(grant, { arrive, released });
    return { arrived, release };
  }

  /** The grant of the latest walk. */
  latest(): Grant {
    return this.grants.all.at(-1)!;
  }

  async #serve(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    switch (url.pathname) {
      case '/oauth/auth':
        return this.#consent(url.searchParams, response);
      case '/oauth/token':
        return this.#token(new URLSearchParams(body), request.headers.authorization, response);
      case '/oauth/token/revocation': {
        const token = new URLSearchParams(body).get('token') ?? '';
        this.revoked.push(token);
        this.grants.revoke(token);
        return send(response, 200, {});
      }
      case '/crm/v1/account': {
        const owner = this.grants.ownerOf((request.headers.authorization ?? '').replace('Bearer ', ''));
        return owner === undefined ? send(response, 401, { error: 'invalid_token' }) : send(response, 200, { id: owner.account, name: `Account ${owner.account}` });
      }
      default:
        return send(response, 404, {});
    }
  }

  #consent(query: URLSearchParams, response: ServerResponse): void {
    const back = new URL(query.get('redirect_uri') ?? this.url);
    const said = this.consent(query) ?? {
      code: this.grants.issueCode({ clientId: query.get('client_id') ?? '', redirectUri: back.href, challenge: query.get('code_challenge'), account: this.account }),
    };
    for (const [name, value] of Object.entries({ state: query.get('state') ?? '', iss: `${this.url}/oauth`, ...said })) back.searchParams.set(name, value);
    response.writeHead(302, { location: back.href });
    response.end();
  }

  async #token(form: URLSearchParams, authorization: string | undefined, response: ServerResponse): Promise<void> {
    const grantType = form.get('grant_type') ?? '';
    const grant = this.grants.find(form.get('refresh_token'));
    this.#begin(grant);
    try {
      const hold = grant === undefined ? undefined : this.#holds.get(grant);
      if (grant !== undefined) this.#holds.delete(grant);
      hold?.arrive();
      await hold?.released;
      if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
      this.#answer(form, grantType, grant, authorization, response);
    } finally {
      this.inFlight -= 1;
      if (grant !== undefined) grant.inFlight -= 1;
    }
  }

  #begin(grant: Grant | undefined): void {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    if (grant === undefined) return;
    grant.calls += 1;
    grant.inFlight += 1;
    grant.mostInFlight = Math.max(grant.mostInFlight, grant.inFlight);
  }

  #answer(form: URLSearchParams, grantType: string, grant: Grant | undefined, authorization: string | undefined, response: ServerResponse): void {
    const note = (status: number) => this.tokenCalls.push({ grantType, status, account: grant?.account ?? null });
    if (authorization !== `Basic ${Buffer.from(`${this.client.id}:${this.client.secret}`).toString('base64')}`) {
      note(401);
      return send(response, 401, { error: 'invalid_client' });
    }
    const instead = this.answer({ grantType, grant });
    if (instead !== undefined) {
      note(instead.status);
      if (instead.cut === true) return void response.destroy();
      return send(response, instead.status, instead.body ?? {}, instead.headers);
    }
    const tokens =
      grantType === 'authorization_code'
        ? this.grants.redeem(form.get('code') ?? '', { clientId: this.client.id, redirectUri: form.get('redirect_uri') ?? '', verifier: form.get('code_verifier') })?.tokens
        : this.grants.renew(form.get('refresh_token'));
    if (tokens === null || tokens === undefined) {
      note(400);
      return send(response, 400, { error: 'invalid_grant', error_description: 'it is not valid' });
    }
    note(200);
    const life = this.expiresIn === undefined ? {} : { expires_in: this.expiresIn };
    send(response, 200, { ...tokens, token_type: 'Bearer', scope: 'crm.read', ...life });
  }
}

function send(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
