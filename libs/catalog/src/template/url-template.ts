import { z } from 'zod';
import type { Template, VariableSpace } from './template.js';
import { template } from './template-schema.js';

/** `.` and `..` in any spelling the WHATWG URL parser would walk (URL Standard, "single-dot / double-dot URL path segment"). */
const dotSegment = /^(?:\.|%2e){1,2}$/i;

/** True if a path segment would be resolved away instead of sent. */
export const isDotSegment = (segment: string): boolean => dotSegment.test(segment);

function checkPathLiterals(text: string): void {
  if (/[\\#\s]/.test(text)) throw new Error('a path must not contain "\\", "#" or spaces');
  if (text.split('/').some(isDotSegment)) throw new Error('a path must not contain "." or ".." segments');
}

/**
 * An absolute URL: `https://host/path`, with variables in the host or the path, or a single leading variable that holds the
 * origin (`{{settings.sandbox_url}}/oauth/token`).
 */
function checkUrl(parsed: Template): void {
  const [first, second] = parsed.parts;
  const leading = typeof first === 'object';
  if (leading) {
    if (second !== undefined && (typeof second !== 'string' || !second.startsWith('/'))) {
      throw new Error('after a leading variable, which holds the origin, the path must follow with "/"');
    }
  } else if (first === undefined || !first.startsWith('https://')) {
    throw new Error('must begin with https:// or with one variable that holds the origin');
  }
  const shown = parsed.parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  const text = leading ? `https://${shown}` : shown;
  if (!URL.canParse(text)) throw new Error('is not a URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hash !== '') throw new Error('must not contain user info or a fragment');
  checkPathLiterals(shown.replace(/^https:\/\//, '').replace(/^[^/]*/, '').replace(/\?.*$/s, ''));
}

/** `sftp://host` or `sftp://host:port`, each one variable or a text; the same for databases. */
const serverOrigin = /^(?:sftp|postgres|mysql):\/\/(?:\{\{[^{}]+\}\}|[a-z0-9.-]+)(?::(?:\{\{[^{}]+\}\}|\d{1,5}))?$/;
const isServer = (parsed: Template) => /^(?:sftp|postgres|mysql):/.test(parsed.source);

const checkServerOrigin = (parsed: Template) => {
  const [scheme] = parsed.source.split(':');
  if (!serverOrigin.test(parsed.source)) throw new Error(`must be ${scheme}://host or ${scheme}://host:port, without a path`);
};

const checkBaseUrl = (parsed: Template) => (isServer(parsed) ? checkServerOrigin(parsed) : checkUrl(parsed));

const checkOrigin = (parsed: Template) => {
  if (isServer(parsed)) return checkServerOrigin(parsed);
  checkUrl(parsed);
  const afterScheme = parsed.source.replace(/^https:\/\//, '');
  if (/[/?]/.test(afterScheme)) throw new Error('an origin has no path: https://host or {{settings.x}}');
};

const checkPath = (parsed: Template) => {
  if (!parsed.source.startsWith('/')) throw new Error('must begin with "/"');
  if (parsed.source.startsWith('//')) throw new Error('must begin with a single "/"');
  if (parsed.source.includes('?')) throw new Error('put the query under "query"');
  checkPathLiterals(parsed.parts.map((part) => (typeof part === 'string' ? part : 'x')).join(''));
};

const places: readonly VariableSpace[] = ['inputs', 'settings'];

/** An absolute URL with inputs and settings. */
export const urlTemplate = template(places, checkUrl);
/** The same, that may also name the OAuth app's public id. */
export const clientUrlTemplate = template([...places, 'app'], checkUrl);
/** Where requests begin: a URL, or a server that speaks another protocol. */
export const baseUrlTemplate = template(places, checkBaseUrl);
/** An origin (scheme and host) with inputs and settings. */
export const originTemplate = template(places, checkOrigin);
/** A path below the connector's base URL. Values are percent-encoded and cannot leave their segment. */
export const pathTemplate = (inStream: boolean) => template(inStream ? [...places, 'parent', 'slice'] : places, checkPath);
export type UrlTemplate = z.output<typeof urlTemplate>;

/** Variables that become part of the host name (not the leading one, which is a whole origin). */
export function hostVariables(parsed: Template) {
  let text = '';
  const found = [];
  for (const part of parsed.parts) {
    const inHost = /^(?:https|sftp|postgres|mysql):\/\/[^/]*$/.test(text) && !text.endsWith(':');
    if (typeof part !== 'string' && inHost) found.push(part);
    text += typeof part === 'string' ? part : 'x';
  }
  return found;
}
