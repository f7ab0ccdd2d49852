import { createPublicKey, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { decodeJwt, jwtVerify, type JWTPayload } from 'jose';
import { startHttpServer, type TestHttpServer } from '@trunkline/testing';
import { canary } from './scripted-provider.js';

/** What the token endpoint answers instead of a token. */
interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** The connection is cut instead. */
  readonly cut?: boolean;
}

/** An authorization server that takes signed assertions (RFC 7523) and an API behind it. */
export class AssertionProvider {
  /** PEM of the public key by issuer. */
  readonly registered = new Map<string, string>();
  readonly assertions: JWTPayload[] = [];
  expiresIn: number | null = 3_600;
  readonly #script: Answer[] = [];
  readonly #tokens = new Set<string>();
  readonly #used = new Set<string>();
  #server: TestHttpServer | undefined;

  async start(): Promise<this> {
    this.#server = await startHttpServer(async (request, response, body) => {
      if (request.url === '/revoke') return this.#revoke(new URLSearchParams(body), response);
      if (request.url === '/token') return this.#token(new URLSearchParams(body), response);
      if (request.url !== '/userinfo') return send(response, 404, {});
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      return this.#tokens.has(token) ? send(response, 200, { sub: 'service-1', name: 'Service One' }) : send(response, 401, { error: token });
    });
    return this;
  }

  get authority(): string {
    return this.#server!.authority;
  }
  get inputs(): Record<string, string> {
    return { token_url: `${this.#server!.url}/token`, verification_url: `${this.#server!.url}/userinfo` };
  }
  stop = async (): Promise<void> => this.#server?.close();

  script(...answers: Answer[]): void {
    this.#script.push(...answers);
  }

  readonly revocations: URLSearchParams[] = [];

  accepts = (token: string | undefined): boolean => token !== undefined && this.#tokens.has(token);

  async #token(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const isClient = form.has('client_assertion');
    const jwt = form.get(isClient ? 'client_assertion' : 'assertion') ?? '';
    const refuse = () => send(response, 400, { error: isClient ? 'invalid_client' : 'invalid_grant', error_description: `${canary} ${jwt}` });
    if (form.get('grant_type') !== (isClient ? 'client_credentials' : 'urn:ietf:params:oauth:grant-type:jwt-bearer')) return send(response, 400, { error: 'unsupported_grant_type' });
    const claims = decodeJwt(jwt);
    this.assertions.push(claims);
    const scripted = this.#script.shift();
    if (scripted?.cut) return void response.destroy();
    if (scripted !== undefined) return send(response, scripted.status, scripted.body ?? {});
    if (!(await this.#isValid(jwt, claims))) return refuse();
    const token = `${canary}_jwt_${randomBytes(12).toString('hex')}`;
    this.#tokens.add(token);
    send(response, 200, { access_token: token, token_type: 'Bearer', ...(this.expiresIn === null ? {} : { expires_in: this.expiresIn }) });
  }

  async #isValid(jwt: string, claims: JWTPayload): Promise<boolean> {
    const pem = this.registered.get(claims.iss ?? '');
    if (pem === undefined || this.#used.has(claims.jti ?? '')) return false;
    try {
      await jwtVerify(jwt, createPublicKey(pem), { audience: `${this.#server!.url}/token`, requiredClaims: ['sub', 'exp', 'iat', 'jti'] });
    } catch {
      return false;
    }
    this.#used.add(claims.jti!);
    return true;
  }

  /** Asks for proof of the client, as for a token. */
  async #revoke(form: URLSearchParams, response: ServerResponse): Promise<void> {
    this.revocations.push(form);
    const jwt = form.get('client_assertion') ?? '';
    if (!(await this.#isValid(jwt, decodeJwt(jwt)))) return send(response, 401, { error: 'invalid_client' });
    this.#tokens.delete(form.get('token') ?? '');
    send(response, 200, {});
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
