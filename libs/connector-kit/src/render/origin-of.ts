const defaultPorts: Readonly<Record<string, string>> = { 'sftp:': '22', 'postgres:': '5432', 'mysql:': '3306' };

/**
 * The place a secret may be sent to: scheme, host and port. For schemes the WHATWG URL knows nothing of it has no origin (all would be the
 * same "null"), so it is made here; the port is always written out.
 */
export function originOf(text: string): string {
  const url = new URL(text);
  const port = Object.hasOwn(defaultPorts, url.protocol) ? defaultPorts[url.protocol] : undefined;
  return port === undefined ? url.origin : `${url.protocol}//${url.hostname.toLowerCase()}:${url.port === '' ? port : url.port}`;
}
