import { isHttpStream, isTableStream, type Connector, type Stream } from '@trunkline/catalog';
import type { SyncMode } from '@trunkline/contracts';

/** How a stream is read for a flow. */
export interface Pass {
  /** Each run begins at the beginning, whatever the last one came to. */
  readonly anew: boolean;
  /** The keys that are there are kept: what a complete pass does not bring is deleted. */
  readonly keepsKeys: boolean;
  /** A pass that brings a smaller share of the keys known deletes nothing by itself. */
  readonly minKeepRatio: number;
}

const usualKeepRatio = 0.5;

/** Whether a pass that begins at the beginning can bring everything there is. */
function canBeComplete({ streams }: Pick<Connector, 'streams'>, stream: Stream, depth = 0): boolean {
  if (isTableStream(stream)) return true;
  if (!isHttpStream(stream) || stream.slices !== undefined || stream.incremental?.start !== undefined) return false;
  if (stream.parent === undefined) return true;
  const above = streams.get(stream.parent.stream);
  return !stream.parent.incremental && above !== undefined && depth < 8 && canBeComplete({ streams }, above, depth + 1);
}

/**
 * What a flow's mode means for a stream. Deletions are concluded where the definition says so, and where the flow wants them and the provider
 * does not tell them. A stream that is undefined is a table that was discovered.
 */
export function passOf(connector: Pick<Connector, 'streams'>, stream: Stream | undefined, mode: SyncMode): Pass {
  const complete = stream === undefined || canBeComplete(connector, stream);
  const wanted = mode === 'incremental_with_deletions' && stream?.deletedWhen === undefined;
  const keepsKeys = complete && (wanted || stream?.deletion !== undefined);
  // Files are told apart by their time alone; there is no reading them anew but from the first one, which `full` asks for.
  const anew = mode === 'full' || (keepsKeys && mode === 'incremental_with_deletions');
  return { anew, keepsKeys, minKeepRatio: stream?.deletion?.minKeepRatio ?? usualKeepRatio };
}
