import { isHttpStream, type Connector, type HttpStream } from '@trunkline/catalog';
import type { HttpState, StreamState } from './stream-state.js';

/** Where pages are counted: a row that goes lets all behind it move up, and the next number skips one. */
const counted = new Set<HttpStream['pagination']['type']>(['page', 'offset', 'link_header']);

/** Where the provider sorts by the cursor, reading goes on by value instead of by number. */
const shifts = ({ pagination, incremental }: HttpStream): boolean => counted.has(pagination.type) && incremental?.order !== 'ascending';

/**
 * Whether a pass that went through may have left out rows that are there, because others went or moved while its pages were counted. Of a
 * child it is also asked of the streams above it.
 *
 * @param state behind the pass
 */
export function mayHaveSkipped(connector: Connector, name: string, state: StreamState | null): boolean {
  const stream = connector.streams.get(name);
  if (stream === undefined || !isHttpStream(stream)) return false;
  if (stream.parent === undefined) return shifts(stream) && (state as HttpState | null)?.pages !== 1;
  const above = connector.streams.get(stream.parent.stream);
  return shifts(stream) || (above !== undefined && mayHaveSkipped(connector, above.name, null));
}
