import type { Connector } from '@trunkline/catalog';

/** Of a URL as it is written: all before its path. */
const originOf = (source: string): string => /^(?:[a-z]+:\/\/)?[^/?#]*/.exec(source)![0];

/** Every place a version may send a secret to, as it is written. */
export function boundOrigins({ allowedOrigins, auth: { OAUTH2, JWT_BEARER } }: Connector): string[] {
  const urls = [
    ...allowedOrigins,
    OAUTH2?.tokenUrl,
    OAUTH2?.refreshUrl,
    OAUTH2?.issuer,
    OAUTH2?.discovery?.issuer,
    OAUTH2?.revocation?.url,
    JWT_BEARER?.tokenUrl,
    JWT_BEARER?.revocation?.url,
  ];
  return [...new Set(urls.flatMap((url) => (url === undefined ? [] : [originOf(url.source)])))].sort();
}

/** The inputs that choose a place, with what they may be. */
const inputsOf = ({ inputs }: Connector): string => JSON.stringify(inputs.map(({ name, pattern, default: value }) => [name, pattern, value]));

/** Whether secrets that were stored for one version may have to go elsewhere for the next: they are bound to the places of their own time. */
export function leadsElsewhere(before: Connector, now: Connector): boolean {
  const known = boundOrigins(before);
  const places = boundOrigins(now);
  if (places.some((origin) => !known.includes(origin))) return true;
  return places.some((origin) => origin.includes('{{')) && inputsOf(before) !== inputsOf(now);
}
