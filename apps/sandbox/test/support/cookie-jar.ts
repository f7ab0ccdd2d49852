interface Cookie {
  name: string;
  value: string;
  path: string;
}

/** As much of a browser's cookie jar as an authorization walk needs: one host, paths, deletion by expiry (RFC 6265 section 5). */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  /** Takes in the cookies of an answer. */
  store(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */);
      const name = pair.slice(0, pair.indexOf('='));
      const attribute = (wanted: string) => attributes.find((part) => part.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const cookie = { name, value: pair.slice(name.length + 1), path: attribute('path') ?? '/' };
      const expires = attribute('expires');
      const gone = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now());
      if (gone) this.#cookies.delete(`${cookie.path} ${name}`);
      else this.#cookies.set(`${cookie.path} ${name}`, cookie);
    }
  }

  /** The Cookie header for an address. */
  header(url: URL): string {
    const fits = ({ path }: Cookie) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
    return [...this.#cookies.values()]
      .filter(fits)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}
