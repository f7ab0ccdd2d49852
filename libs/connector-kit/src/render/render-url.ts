import { isDotSegment } from '@trunkline/catalog';
import type { Template } from '@trunkline/catalog';
import { ProviderError } from '../provider-error.js';
import { originOf } from './origin-of.js';
import { valueOf } from './render-template.js';
import type { TemplateValues } from './render-template.js';

const hostLabels = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

const refuse = (what: string) => new ProviderError('rejected', what);

/** A value that is a whole origin (a setting, or an input with a pattern), perhaps with a path; without a slash at its end. */
function originAndPath(value: string, name: string): string {
  if (!URL.canParse(value)) throw refuse(`"${name}" is not a URL`);
  const url = new URL(value);
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || !plain) throw refuse(`"${name}" must be an http(s) URL without user info, query and fragment`);
  return url.href.replace(/\/+$/, '');
}

/** Percent-encodes all that could end a path segment or a query value. A space becomes %20, which is understood everywhere, unlike "+". */
export function percentEncoded(value: string, name: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    // Half a surrogate pair has no UTF-8 form.
    throw refuse(`the value of "${name}" is not well-formed text`);
  }
}

function checkPath(text: string): void {
  const path = text.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\?.*$/s, '');
  if (path.split('/').some(isDotSegment)) throw refuse('a path must not contain "." or ".." segments');
}

/**
 * A URL (or a path) with its variables filled in. Values cannot leave their place: one that leads is a whole origin, one in the host
 * is a host label, one in the path is percent-encoded and cannot be a dot segment.
 *
 * @throws ProviderError `rejected` if a value is missing or does not fit.
 */
export function renderUrl(template: Template, values: TemplateValues): string {
  let text = '';
  for (const part of template.parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const raw = valueOf(part, values);
    if (raw === undefined) throw refuse(`"${part.name}" is missing`);
    const value = String(raw);
    if (text === '') {
      text = originAndPath(value, part.name);
    } else if (/^[a-z]+:\/\/[^/]*:$/.test(text)) {
      if (!/^[1-9]\d{0,4}$/.test(value) || Number(value) > 65_535) throw refuse(`"${part.name}" is not a port`);
      text += value;
    } else if (/^(?:https|sftp|postgres|mysql):\/\/[^/]*$/.test(text)) {
      if (!hostLabels.test(value)) throw refuse(`"${part.name}" cannot be part of a host name`);
      text += value;
    } else {
      text += percentEncoded(value, part.name);
    }
  }
  checkPath(text);
  return text;
}

/** The origin of an absolute URL template. */
export const renderOrigin = (template: Template, values: TemplateValues): string => originOf(renderUrl(template, values));
