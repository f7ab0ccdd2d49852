import type { IncomingHttpHeaders } from 'node:http';

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** The key a request presents, wherever the references put it: `x-api-key`, a bearer token, or a service token header. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const key = single(headers['x-api-key']) ?? single(headers['x-services-token']) ?? single(headers['x-reeve-services-token']);
  if (key !== undefined) return key.trim();
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '');
  return bearer?.[1];
}
