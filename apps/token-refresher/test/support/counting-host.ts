import { randomBytes } from 'node:crypto';
import { startHttpServer, type TestHttpServer } from '@trunkline/testing';
import { canary } from './scripted-provider.js';

/** A provider's token endpoint that counts who is asked how often and how many at once; each refresh token works once. */
export class CountingHost {
  /** Milliseconds until it answers. */
  delayMs = 0;
  /** It takes requests and never answers, until it is released. */
  hangs = false;
  peak = 0;
  readonly used: string[] = [];
  #underWay = 0;
  #release: (() => void)[] = [];
  #server: TestHttpServer | undefined;

  async start(): Promise<this> {
    this.#server = await startHttpServer(async (request, response, body) => {
      const answer = (value: object) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (request.url !== '/oauth/token') return void answer({ id: 'acct_1' });
      this.used.push(new URLSearchParams(body).get('refresh_token') ?? '');
      this.#underWay += 1;
      this.peak = Math.max(this.peak, this.#underWay);
      if (this.hangs) await new Promise<void>((resolve) => this.#release.push(resolve));
      else if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
      this.#underWay -= 1;
      const token = (kind: string) => `${canary}_${kind}_${randomBytes(8).toString('hex')}`;
      answer({ access_token: token('at'), refresh_token: token('rt'), token_type: 'Bearer', expires_in: 3_600 });
    });
    return this;
  }

  get url(): string {
    return this.#server!.url;
  }
  get authority(): string {
    return this.#server!.authority;
  }

  /** Answers everything that hangs, and from now on at once. */
  release(): void {
    this.hangs = false;
    for (const answer of this.#release.splice(0)) answer();
  }

  stop = async (): Promise<void> => {
    this.release();
    await this.#server?.close();
  };
}

/** A connector whose connections each name their own provider. */
export const anyProviderConnector = `
id: any_provider
name: Any provider
category: custom
inputs:
  - { name: url, title: URL, pattern: '^http://127.0.0.1:[0-9]+$' }
base_url: '{{inputs.url}}'
allowed_origins: ['{{inputs.url}}']
auth:
  OAUTH2:
    authorize_url: '{{inputs.url}}/oauth/auth'
    token_url: '{{inputs.url}}/oauth/token'
    scopes: [crm.read]
    pkce: required
    client_authentication: client_secret_basic
    refresh: { supported: true, rotates: true }
    headers: { Authorization: 'Bearer {{credential.access_token}}' }
verification: { request: { path: /account }, account: { id: id } }
rate_limit: { posture: None. }
latency: None.
`;
