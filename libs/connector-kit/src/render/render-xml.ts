import type { Template } from '@trunkline/catalog';
import { ProviderError } from '../provider-error.js';
import { valueOf } from './render-template.js';
import type { TemplateValues } from './render-template.js';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' };
/** What XML 1.0 §2.2 has no way to write, escaped or not. */
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/u;

function escaped(value: string, name: string): string {
  if (unwritable.test(value)) throw new ProviderError('rejected', `the value of "${name}" contains characters XML cannot hold`);
  return value.replace(/[&<>"'\t\n\r]/g, (character) => escapes[character]!);
}

/** An XML text with its variables filled in and escaped; one without a value is empty. */
export const renderXml = (template: Template, values: TemplateValues): string =>
  template.parts.map((part) => (typeof part === 'string' ? part : escaped(String(valueOf(part, values) ?? ''), part.name))).join('');
