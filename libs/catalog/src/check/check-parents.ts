import type { Problem } from '../load/yaml-file.js';
import { isHttpStream, isIncremental } from '../schema/stream-schema.js';
import type { HttpStream, Stream } from '../schema/stream-schema.js';

/** Levels of streams above a stream. Each is a request per record. */
const mostLevels = 3;

/** What a stream's file cannot know of the connector's other streams: that its parent is there, and that parents end somewhere. */
export function checkParents(stream: HttpStream, streams: ReadonlyMap<string, Stream>): Problem[] {
  const { parent } = stream;
  if (parent === undefined) return [];
  const above = streams.get(parent.stream);
  if (above === undefined || !isHttpStream(above)) return [{ path: ['parent', 'stream'], message: `there is no stream "${parent.stream}" of this connector that is read by HTTP` }];
  if (parent.incremental && !isIncremental(above)) return [{ path: ['parent', 'incremental'], message: `the stream "${parent.stream}" has neither "incremental" nor "slices"` }];
  let level = 1;
  for (let current: Stream | undefined = above; current !== undefined && isHttpStream(current) && current.parent !== undefined; current = streams.get(current.parent.stream)) {
    level += 1;
    if (level > mostLevels) return [{ path: ['parent', 'stream'], message: `has more than ${mostLevels} levels of parents above it, or leads back to itself` }];
  }
  return [];
}
