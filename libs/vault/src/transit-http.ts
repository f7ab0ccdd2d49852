import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { unavailable } from './unavailable.js';

export interface TransitAnswer {
  readonly status: number;
  /** The parsed body; an empty object if it was no JSON. */
  readonly body: { readonly data?: Readonly<Record<string, unknown>>; readonly errors?: readonly unknown[] };
}

const maxBytes = 65_536;

/** Posts to one Vault server. Redirects are not followed: the token would go wherever they lead. */
export class TransitHttp {
  readonly #base: URL;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #send: typeof httpRequest;

  constructor(
    address: string,
    private readonly token: { reveal(): string },
    private readonly timeoutMs: number,
    ca?: string,
  ) {
    this.#base = new URL(`${address.replace(/\/+$/, '')}/v1/`);
    const secure = this.#base.protocol === 'https:';
    this.#send = secure ? (httpsRequest as typeof httpRequest) : httpRequest;
    this.#agent = secure ? new HttpsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) }) : new HttpAgent({ keepAlive: true });
  }

  /** @throws VaultError `VAULT_UNAVAILABLE` if no whole answer came in time */
  async post(path: string, body: Readonly<Record<string, string>>): Promise<TransitAnswer> {
    const text = JSON.stringify(body);
    const headers = { 'X-Vault-Token': this.token.reveal(), 'X-Vault-Request': 'true', 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    try {
      return await new Promise((resolve, reject) => {
        const request = this.#send(new URL(path, this.#base), { method: 'POST', agent: this.#agent, headers, signal: AbortSignal.timeout(this.timeoutMs) }, (response) => {
          void read(response).then(resolve, reject);
        });
        request.once('error', reject);
        request.end(text);
      });
    } catch (error) {
      throw unavailable('Vault did not answer', error);
    }
  }
}

async function read(response: IncomingMessage): Promise<TransitAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString('utf8')) };
}

function parsed(text: string): TransitAnswer['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
