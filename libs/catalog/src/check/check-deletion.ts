import type { Problem } from '../load/yaml-file.js';
import { isHttpStream } from '../schema/stream-schema.js';
import type { Stream } from '../schema/stream-schema.js';

/** Deletions can only be concluded from a pass that reads everything there is. */
export function checkDeletion(stream: Stream): Problem[] {
  if (stream.deletion === undefined) return [];
  const problem = (why: string): Problem[] => [{ path: ['deletion'], message: `cannot be concluded: ${why}` }];
  if (stream.protocol === 'sftp') return problem('a pass reads only the files that are new or changed');
  if (!isHttpStream(stream)) return [];
  if (stream.slices !== undefined) return problem('windows begin somewhere, so no pass reads everything');
  if (stream.incremental?.start !== undefined) return problem('the first pass begins at "incremental.start", so it does not read everything');
  if (stream.parent?.incremental === true) return problem('only parents that changed are looked at');
  return [];
}
