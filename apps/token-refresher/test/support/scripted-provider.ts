import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { startHttpServer, type TestHttpServer } from '@trunkline/testing';

/**
 * How refresh tokens behave: `strict`: each works once and a second use ends the whole grant; `grace`: an old one goes on working;
 * `none`: one refresh token for ever, and answers do not repeat it.
 */
export type Rotation = 'strict' | 'grace' | 'none';

/** What the token endpoint answers instead of a token. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** The connection is cut instead. */
  readonly cut?: boolean;
  /** The tokens are exchanged all the same: the provider did its part, the answer got lost. */
  readonly exchanged?: boolean;
}

interface Grant {
  alive: boolean;
  current: string;
  readonly refreshTokens: Set<string>;
  readonly accessTokens: Set<string>;
}

export interface TokenCall {
  readonly grantType: string;
  readonly refreshToken: string | undefined;
  readonly answer: number;
  readonly accessToken: string | undefined;
}

export interface Hold {
  /** Resolves when a request has arrived and waits. */
  readonly arrived: Promise<void>;
  release(): void;
}

const clientId = 'client-of-the-test';
/** Begins every secret of a test, so that a search for it finds any that leaked. */
export const canary = 'canary';
export const clientSecret = `${canary}_client_secret`;
export const goodKey = `${canary}_good_key`;

/** An OAuth server and an API behind one address, which behaves as a test says. */
export class ScriptedProvider {
  rotation: Rotation = 'strict';
  expiresIn: unknown = 3_600;
  /** Hands out the access token that is current instead of a new one. */
  repeatsAccessToken = false;
  accountStatus = 200;
  account = { id: 'acct_1', name: 'Account One' };
  revocationStatus = 200;
  readonly calls: TokenCall[] = [];
  readonly revoked: { token: string; hint: string | undefined }[] = [];
  verifications = 0;
  readonly #script: ScriptedAnswer[] = [];
  readonly #holds: { arrive: () => void; released: Promise<void> }[] = [];
  readonly #grants: Grant[] = [];
  #server: TestHttpServer | undefined;

  async start(): Promise<this> {
    this.#server = await startHttpServer(async (request, response, body) => {
      const path = request.url?.split('?')[0];
      if (path === '/oauth/token') return this.#token(new URLSearchParams(body), request.headers.authorization, response);
      if (path === '/oauth/token/revocation') return this.#revoke(new URLSearchParams(body), response);
      if (path === '/crm/v1/account') return this.#account(request.headers, response);
      send(response, 404, {});
    });
    return this;
  }

  get url(): string {
    return this.#server!.url;
  }
  get authority(): string {
    return this.#server!.authority;
  }
  stop = async (): Promise<void> => this.#server?.close();

  /** As if a person had consented: a first pair of tokens. */
  consent(): { accessToken: string; refreshToken: string } {
    const grant: Grant = { alive: true, current: fresh('rt'), refreshTokens: new Set(), accessTokens: new Set() };
    grant.refreshTokens.add(grant.current);
    this.#grants.push(grant);
    return { accessToken: this.#access(grant), refreshToken: grant.current };
  }

  /** The next requests to the token endpoint are answered like this, in order. */
  script(...answers: ScriptedAnswer[]): void {
    this.#script.push(...answers);
  }

  /** The next request to the token endpoint (that nobody holds yet) waits until it is released. */
  hold(): Hold {
    let arrive = (): void => undefined;
    let release = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#holds.push({ arrive, released });
    return { arrived, release };
  }

  /** True if the API takes the token. */
  accepts(accessToken: string): boolean {
    return this.#grants.some(({ alive, accessTokens }) => alive && accessTokens.has(accessToken));
  }

  /** True if the provider would still exchange the refresh token. */
  renews(refreshToken: string): boolean {
    return this.#grants.some((grant) => grant.alive && grant.current === refreshToken);
  }

  /** Ends the grant, as a person does in the provider's settings. */
  revokeGrantOf(refreshToken: string): void {
    const grant = this.#grants.find(({ refreshTokens }) => refreshTokens.has(refreshToken));
    if (grant !== undefined) grant.alive = false;
  }

  /** Takes it back: the provider was mistaken. */
  reviveGrantOf(refreshToken: string): void {
    const grant = this.#grants.find(({ refreshTokens }) => refreshTokens.has(refreshToken));
    if (grant !== undefined) grant.alive = true;
  }

  /** Ends an access token alone. */
  forget(accessToken: string): void {
    for (const { accessTokens } of this.#grants) accessTokens.delete(accessToken);
  }

  async #token(form: URLSearchParams, authorization: string | undefined, response: ServerResponse): Promise<void> {
    const refreshToken = form.get('refresh_token') ?? undefined;
    const grantType = form.get('grant_type') ?? '';
    const note = (answer: number, accessToken?: string) => this.calls.push({ grantType, refreshToken, answer, accessToken });
    const hold = this.#holds.shift();
    const scripted = this.#script.shift();
    hold?.arrive();
    await hold?.released;

    if (authorization !== `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`) {
      note(401);
      return send(response, 401, { error: 'invalid_client', error_description: `the secret ${authorization} is wrong` });
    }
    if (scripted !== undefined) {
      note(scripted.status);
      if (scripted.exchanged) this.#exchange(refreshToken);
      if (scripted.cut) return void response.destroy();
      return send(response, scripted.status, scripted.body ?? {}, scripted.headers);
    }
    const tokens = this.#exchange(refreshToken);
    if (tokens === null) {
      note(400);
      return send(response, 400, { error: 'invalid_grant', error_description: `the refresh token ${refreshToken} is not valid` });
    }
    note(200, tokens.access_token);
    send(response, 200, { ...tokens, token_type: 'Bearer', expires_in: this.expiresIn, scope: 'crm.read' });
  }

  #exchange(refreshToken: string | undefined): { access_token: string; refresh_token?: string } | null {
    const grant = this.#grants.find(({ refreshTokens }) => refreshToken !== undefined && refreshTokens.has(refreshToken));
    if (grant === undefined || !grant.alive) return null;
    if (this.rotation === 'strict' && refreshToken !== grant.current) {
      grant.alive = false;
      return null;
    }
    const access_token = this.repeatsAccessToken ? [...grant.accessTokens].at(-1)! : this.#access(grant);
    if (this.rotation === 'none') return { access_token };
    grant.current = fresh('rt');
    grant.refreshTokens.add(grant.current);
    return { access_token, refresh_token: grant.current };
  }

  #access(grant: Grant): string {
    const token = fresh('at');
    grant.accessTokens.add(token);
    return token;
  }

  #revoke(form: URLSearchParams, response: ServerResponse): void {
    const token = form.get('token') ?? '';
    this.revoked.push({ token, hint: form.get('token_type_hint') ?? undefined });
    if (this.revocationStatus !== 200) return send(response, this.revocationStatus, {});
    for (const grant of this.#grants) {
      // As most servers do it: an access token ends alone, a refresh token with everything of its grant.
      grant.accessTokens.delete(token);
      if (grant.refreshTokens.has(token)) grant.alive = false;
    }
    send(response, 200, {});
  }

  #account(headers: Record<string, string | string[] | undefined>, response: ServerResponse): void {
    this.verifications += 1;
    if (this.accountStatus !== 200) return send(response, this.accountStatus, { error: 'trouble' });
    const bearer = typeof headers.authorization === 'string' ? headers.authorization.replace('Bearer ', '') : '';
    if (headers['x-api-key'] === goodKey || this.accepts(bearer)) return send(response, 200, this.account);
    send(response, 401, { error: `the token ${bearer} is not valid` });
  }
}

export const oauthApp = { clientId, clientSecret };

const fresh = (kind: 'at' | 'rt'): string => `${canary}_${kind}_${randomBytes(12).toString('hex')}`;

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
