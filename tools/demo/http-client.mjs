import { Failure } from '../infra/failure.mjs';
import { createCookieJar } from './cookie-jar.mjs';

const timeoutMs = 30_000;
const mostRedirects = 15;

/**
 * @typedef {object} Ask
 * @property {string} [method] default GET
 * @property {Record<string, string>} [headers]
 * @property {unknown} [json] sent as the body
 */

/** An answer that is no success. Neither query nor body of the request is told: they hold codes and keys. */
export class UnexpectedAnswer extends Failure {
  /**
   * @param {string} method
   * @param {URL} url
   * @param {number} status
   * @param {any} body
   */
  constructor(method, url, status, body) {
    const reason = body?.code === undefined ? '' : ` ${body.code}: ${body.params?.message ?? ''}`;
    super(`${method} ${url.pathname} answered ${status}${reason}${body?.requestId === undefined ? '' : ` (request ${body.requestId})`}`);
    this.status = status;
    this.code = body?.code;
  }
}

/**
 * Trunkline's API over HTTP, as any program would use it.
 * @param {{ publicUrl: string, localUrl: string }} addresses the address in links and redirects, and where this machine reaches the same thing
 */
export function createHttpClient({ publicUrl, localUrl }) {
  const publicOrigin = new URL(publicUrl).origin;
  const reachable = (/** @type {URL} */ url) => (url.origin === publicOrigin ? new URL(`${url.pathname}${url.search}`, localUrl) : url);

  /**
   * @param {string} path
   * @param {Ask} [ask]
   * @returns {Promise<any>} the JSON of a successful answer
   * @throws UnexpectedAnswer
   */
  async function call(path, { method = 'GET', headers = {}, json } = {}) {
    const url = new URL(path, localUrl);
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json', ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: json === undefined ? undefined : JSON.stringify(json),
    });
    const body = await response.json().catch(() => null);
    if (!response.ok) throw new UnexpectedAnswer(method, url, response.status, body);
    return body;
  }

  /** A browser of its own: keeps cookies and follows redirects between sites. */
  function openBrowser() {
    const jar = createCookieJar();
    /**
     * @param {URL} address as a browser's address line would show it
     * @param {{ method?: string, headers?: Record<string, string>, form?: Record<string, string> }} [ask]
     * @returns {Promise<{ url: URL, status: number, body: any }>} the page the redirects end at
     */
    return async function visit(address, { method = 'GET', headers = {}, form } = {}) {
      let url = address;
      /** @type {{ method: string, headers: Record<string, string>, body: URLSearchParams | undefined }} */
      let next = { method, headers, body: form === undefined ? undefined : new URLSearchParams(form) };
      for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
        const cookie = jar.header(url);
        const response = await fetch(reachable(url), {
          ...next,
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
          headers: { accept: url.origin === publicOrigin ? 'application/json' : 'text/html', ...next.headers, ...(cookie === null ? {} : { cookie }) },
        });
        jar.store(url, response.headers);
        const location = response.headers.get('location');
        if (location === null || response.status < 300 || response.status > 399) {
          const text = await response.text();
          const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
          if (!response.ok) throw new UnexpectedAnswer(next.method, url, response.status, body);
          return { url, status: response.status, body };
        }
        await response.arrayBuffer();
        url = new URL(location, url);
        // Keys go to the first address only, never along a redirect.
        next = { method: 'GET', headers: {}, body: undefined };
      }
      throw new Failure(`More than ${mostRedirects} redirects, the last one to ${url.origin}${url.pathname}`);
    };
  }

  return { call, openBrowser, publicUrl };
}

/** @typedef {ReturnType<typeof createHttpClient>} HttpClient */
