import type { HttpStream } from '@trunkline/catalog';
import { malformed, readCount } from '../paginate/paginator.js';
import { ProviderError } from '../provider-error.js';
import { readPath } from '../read-path.js';
import { parseCursor } from './cursor-value.js';
import { step } from './loop-guard.js';
import type { HttpState } from './stream-state.js';
import { halved, tooFull } from './window.js';

/** The id of a page's last record. Ids must ascend, or going on behind one leaves out those before it. */
function lastId(stream: HttpStream, selected: readonly unknown[], path: readonly string[], behind: string | null): string {
  const comparable = (raw: unknown) => parseCursor('big_integer', raw);
  let last = behind;
  for (const record of selected) {
    const raw = readPath(record, path);
    if ((typeof raw !== 'string' && typeof raw !== 'number') || raw === '' || String(raw).length > 1_024) throw malformed(`a record of the stream ${stream.name} has no "${path.join('.')}" to go on by`);
    const [here, before] = [comparable(raw), last === null ? null : comparable(last)];
    if (here !== null && before !== null && here < before) throw malformed(`the stream ${stream.name} is not sorted by "${path.join('.')}", so it cannot be gone on by it`);
    last = String(raw);
  }
  return last!;
}

/**
 * Where reading goes on in a window with more hits than the provider gives: in its first half, from the beginning; or, where it is one unit, behind
 * the last id. `over`: nothing is left in it. Null: it is not too full. What was already read of it comes again, and changes nothing.
 */
export function capped(stream: HttpStream, state: HttpState, body: unknown, selected: readonly unknown[]): HttpState | 'over' | null {
  const { slices } = stream;
  if (slices?.cap === undefined || state.slice === null) return null;
  const { max, total, idField } = slices.cap;
  const hits = total === undefined ? null : readCount(body, total);
  const byId = state.slice.afterId !== null;
  const isOver = hits === null ? state.slice.read >= max : hits > max;
  if (!byId && !isOver) return null;

  const half = byId ? null : halved(slices, state.slice);
  if (half !== null) return { ...state, done: false, slice: half, position: null, loop: null, seek: null, pages: 0 };
  if (idField === undefined) throw tooFull(stream.name, max);
  if (selected.length === 0 || (hits !== null && hits <= selected.length)) return 'over';
  const afterId = lastId(stream, selected, idField, state.slice.afterId);
  const loop = step(byId ? state.loop : null, ['id', afterId]);
  if (loop === null || afterId === state.slice.afterId) throw new ProviderError('looping', `the stream ${stream.name} leads back to a page that was already read`);
  return { ...state, done: false, slice: { ...state.slice, afterId }, position: null, loop, seek: null, pages: 0 };
}
