import { saysLast } from './paginator.js';
import type { Paginator } from './paginator.js';

const skipSpace = (text: string, at: number) => {
  let index = at;
  while (text[index] === ' ' || text[index] === '\t') index += 1;
  return index;
};

/** Reads a parameter's value, a token or a quoted string (RFC 9110 §5.6.4), and where it ends. */
function readValue(text: string, at: number): { value: string; end: number } {
  if (text[at] !== '"') {
    const value = /^[^\s;,]*/.exec(text.slice(at))?.[0] ?? '';
    return { value, end: at + value.length };
  }
  let value = '';
  let index = at + 1;
  while (index < text.length && text[index] !== '"') {
    if (text[index] === '\\') index += 1;
    value += text[index] ?? '';
    index += 1;
  }
  return { value, end: index + 1 };
}

/**
 * The target of the first link with that relation in a `Link` header (RFC 8288 §3), or null. Commas and semicolons inside `<…>` and
 * quotes do not separate; `rel` may hold several relations in any case; of two `rel` in one link the first counts.
 */
export function linkTarget(header: string, relation: string): string | null {
  let index = 0;
  while (index < header.length) {
    const open = header.indexOf('<', index);
    const close = header.indexOf('>', open);
    if (open === -1 || close === -1) return null;
    const target = header.slice(open + 1, close);
    let rel: string | null = null;
    index = skipSpace(header, close + 1);
    while (header[index] === ';') {
      index = skipSpace(header, index + 1);
      const name = /^[^\s=;,]*/.exec(header.slice(index))?.[0] ?? '';
      index = skipSpace(header, index + name.length);
      if (header[index] !== '=') continue;
      const { value, end } = readValue(header, skipSpace(header, index + 1));
      if (name.toLowerCase() === 'rel') rel ??= value;
      index = skipSpace(header, end);
    }
    if (rel?.toLowerCase().split(/\s+/).includes(relation)) return target;
    const comma = header.indexOf(',', index);
    if (comma === -1) return null;
    index = comma + 1;
  }
  return null;
}

/** The `Link` header's `rel="next"`. */
export const linkHeaderPaginator: Paginator<'link_header'> = (pagination, { body, headers }) => {
  if (saysLast(pagination, body)) return null;
  const url = linkTarget(headers['link'] ?? '', 'next');
  return url === null ? null : { url };
};
