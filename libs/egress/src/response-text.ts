/**
 * A body as text, by the charset of its content type, UTF-8 unless it names another one this runtime knows. A byte order mark is dropped
 * (RFC 8259 section 8.1 lets a JSON parser ignore it; JSON.parse does not). Malformed bytes become U+FFFD. Pure.
 */
export function responseText(body: Uint8Array, contentType: string | undefined): string {
  const charset = contentType === undefined ? undefined : /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    try {
      return new TextDecoder(charset).decode(body);
    } catch {
      // An unknown label: read it as UTF-8, like browsers do for JSON.
    }
  }
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
