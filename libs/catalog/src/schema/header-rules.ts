import { z } from 'zod';
import type { Template, VariableSpace } from '../template/template.js';
import { template } from '../template/template-schema.js';

/**
 * Headers that steer the connection or the framing of a message (RFC 9112 §6–7, RFC 9110 §7.6.1): a definition that could set them
 * could address another host or smuggle a second request. Content-Type follows from the body, Accept-Encoding from the transport.
 */
const refused = new Set([
  'host',
  'content-length',
  'content-type',
  'accept-encoding',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);
/** RFC 9110 §5.6.2 `token`. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const headerName = z
  .string()
  .max(128)
  .regex(token, 'is not a header name')
  .refine((name) => !refused.has(name.toLowerCase()) && !name.toLowerCase().startsWith('proxy-'), {
    error: 'this header is set by the transport and cannot be set here',
  });

/** RFC 9110 §5.5: no CR, LF, NUL; and Latin-1, because that is what goes over the wire. */
const headerText = /^[\t\x20-\x7e\x80-\xff]*$/;

/** True if the text can stand in a header as it is. */
export const isHeaderText = (text: string): boolean => headerText.test(text);

const literalsFitHeader = (parsed: Template) => {
  if (parsed.parts.some((part) => typeof part === 'string' && !isHeaderText(part))) {
    throw new Error('a header value must not contain line breaks, NUL or characters beyond Latin-1');
  }
};

/** Headers by name. A header whose variable has no value is left out. */
export const headers = (spaces: readonly VariableSpace[]) => z.record(headerName, template(spaces, literalsFitHeader));
