const defaultPort = '22';

/**
 * The place a secret may be sent to: scheme, host and port. For `sftp:` the WHATWG URL has no origin (all would be the same "null"), so
 * it is made here; the port is always written out.
 */
export function originOf(text: string): string {
  const url = new URL(text);
  return url.protocol === 'sftp:' ? `sftp://${url.hostname.toLowerCase()}:${url.port === '' ? defaultPort : url.port}` : url.origin;
}
