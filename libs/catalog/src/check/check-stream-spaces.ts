import type { Problem } from '../load/yaml-file.js';
import { isTime } from '../schema/incremental-schema.js';
import { isHttpStream } from '../schema/stream-schema.js';
import type { HttpStream, Stream } from '../schema/stream-schema.js';
import { variablesIn } from './variables-in.js';

function checkSlices(stream: HttpStream, used: ReadonlySet<string>): Problem[] {
  const { slices } = stream;
  if (slices === undefined) return [];
  const starts = used.has('slice.start') || used.has('slice.start_year');
  const problems: Problem[] = starts ? [] : [{ path: ['slices'], message: 'need {{slice.start}} somewhere in the request, or every window is the same' }];
  if (slices.cap?.idField !== undefined && !used.has('slice.after_id')) {
    problems.push({ path: ['slices', 'cap', 'id_field'], message: 'needs {{slice.after_id}} in the request, to go on behind an id' });
  }
  return problems;
}

/** Every `{{slice.x}}` and `{{parent.x}}`, in the request and in `add_fields`, has something that gives it its value. */
export function checkStreamSpaces(stream: Stream, written: Readonly<Record<string, unknown>>, used: ReadonlySet<string>): Problem[] {
  const http = isHttpStream(stream) ? stream : undefined;
  const parents = http?.parent === undefined ? [] : [http.parent.as, ...Object.keys(http.parent.fields)];
  const problemOf = (space: string, name: string): string | null => {
    if (space === 'slice' && http?.slices === undefined) return `{{slice.${name}}} has no value without "slices"`;
    if (space === 'slice' && name === 'after_id' && http?.slices?.cap?.idField === undefined) return '{{slice.after_id}} has no value without "slices.cap.id_field"';
    if (space === 'parent' && !parents.includes(name)) return http?.parent === undefined ? `{{parent.${name}}} has no value without "parent"` : `{{parent.${name}}} is unknown; "parent" gives ${parents.join(', ')}`;
    return null;
  };
  const unknown = variablesIn(written).flatMap(({ path, template }) =>
    template.variables.flatMap(({ space, name }) => {
      const message = problemOf(space, name);
      return message === null ? [] : [{ path, message }];
    }),
  );
  if (http === undefined) return unknown;
  const { parent, incremental } = http;
  const parentUnused = parent !== undefined && !parents.some((name) => used.has(`parent.${name}`)) ? [{ path: ['parent'], message: `needs {{parent.${parent.as}}} somewhere in the request, or every parent gives the same` }] : [];
  // Values of one parent say nothing of another's: only time is the same for all.
  const untimely = parent !== undefined && incremental !== undefined && !isTime(incremental.format) ? [{ path: ['incremental', 'format'], message: 'must be a time in a stream with "parent"' }] : [];
  return [...unknown, ...parentUnused, ...untimely, ...checkSlices(http, used)];
}
