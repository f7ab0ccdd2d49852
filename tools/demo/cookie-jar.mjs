/**
 * The cookies of one browser walk: kept per host and port (the sandbox and Trunkline are two sites on one machine), sent by path.
 * @returns {{ store(url: URL, headers: Headers): void, header(url: URL): string | null }}
 */
export function createCookieJar() {
  /** @type {{ host: string, path: string, name: string, value: string }[]} */
  let cookies = [];
  return {
    store(url, headers) {
      for (const text of headers.getSetCookie()) {
        const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
        const name = pair.slice(0, pair.indexOf('='));
        const value = pair.slice(pair.indexOf('=') + 1);
        const attribute = (/** @type {string} */ wanted) => attributes.find((part) => part.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
        const path = attribute('path') ?? '/';
        cookies = cookies.filter((cookie) => cookie.host !== url.host || cookie.path !== path || cookie.name !== name);
        if (!isOver(attribute('max-age'), attribute('expires'))) cookies.push({ host: url.host, path, name, value });
      }
    },
    header(url) {
      const sent = cookies.filter(({ host, path }) => host === url.host && covers(path, url.pathname));
      // RFC 6265 section 5.4: longer paths first.
      sent.sort((a, b) => b.path.length - a.path.length);
      return sent.length === 0 ? null : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
    },
  };
}

/**
 * RFC 6265 section 5.1.4.
 * @param {string} path
 * @param {string} requested
 */
const covers = (path, requested) => requested === path || requested.startsWith(path.endsWith('/') ? path : `${path}/`);

/**
 * @param {string | undefined} maxAge
 * @param {string | undefined} expires
 */
function isOver(maxAge, expires) {
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  return expires !== undefined && Date.parse(expires) <= Date.now();
}
