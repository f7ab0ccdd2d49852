import { malformed } from '../paginate/paginator.js';
import type { Position } from '../paginate/paginator.js';

/**
 * A next page's address as it may be asked and kept: absolute, at an allowed origin, without fragment and without the credential that
 * providers like to echo in it.
 *
 * @throws ProviderError `malformed` for an address elsewhere: it would carry the credential there
 */
export function checkedPosition(
  position: Position | null,
  requestUrl: string,
  allowedOrigins: readonly string[],
  credentialParameters: ReadonlySet<string>,
): Position | null {
  if (position === null || !('url' in position)) return position;
  if (!URL.canParse(position.url, requestUrl)) throw malformed('the address of the next page is not a URL');
  const url = new URL(position.url, requestUrl);
  if (!allowedOrigins.includes(url.origin)) throw malformed(`the next page is said to be at ${url.host}, which is not one of the connector's origins`);
  if (url.username !== '' || url.password !== '') throw malformed('the address of the next page holds user info');
  url.hash = '';
  for (const name of credentialParameters) if (url.searchParams.has(name)) url.searchParams.delete(name);
  return { url: url.href };
}
