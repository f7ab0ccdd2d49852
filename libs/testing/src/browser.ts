import { CookieJar } from 'tough-cookie';

export interface Visit {
  /** The last answer. */
  readonly response: Response;
  /** Where it came from. */
  readonly url: string;
}

/** What a person's browser does in an OAuth walk: keeps cookies per host, follows redirects, submits forms. */
export class Browser {
  readonly #jar = new CookieJar();

  /** One request, cookies both ways, redirects not followed. */
  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const cookies = await this.#jar.getCookieString(url);
    if (cookies !== '') headers.set('cookie', cookies);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) await this.#jar.setCookie(cookie, url, { ignoreError: true });
    return response;
  }

  /** Follows redirects until an answer that is none, or until `stopAt` says that the next address is not to be visited. */
  async visit(url: string, init: RequestInit = {}, stopAt: (url: string) => boolean = () => false): Promise<Visit> {
    let current = url;
    let response = await this.request(current, init);
    for (let hops = 0; response.status >= 300 && response.status < 400 && response.headers.has('location'); hops += 1) {
      if (hops > 20) throw new Error(`Too many redirects from ${url}`);
      const next = new URL(response.headers.get('location')!, current).href;
      if (stopAt(next)) return { response, url: next };
      current = next;
      // Headers of the first request (a key, say) are not for the next host.
      response = await this.request(current, { headers: { accept: 'application/json' } });
    }
    return { response, url: current };
  }

  /**
   * From the provider's authorization address through its consent page, up to (not including) our callback.
   * @returns the callback address the provider sends the browser to
   */
  async consent(authorizationUrl: string, decision: 'allow' | 'deny' = 'allow', account = 'acc_1'): Promise<string> {
    const isCallback = (url: string) => new URL(url).pathname.endsWith('/callback');
    const page = await this.visit(authorizationUrl, {}, isCallback);
    if (isCallback(page.url)) return page.url;
    if (page.response.status !== 200) throw new Error(`The consent page answered ${page.response.status}: ${(await page.response.text()).slice(0, 300)}`);
    const back = await this.visit(
      page.url,
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ decision, account }).toString() },
      isCallback,
    );
    if (!isCallback(back.url)) throw new Error(`Consent did not lead back to the callback but to ${new URL(back.url).pathname} (${back.response.status})`);
    return back.url;
  }
}
