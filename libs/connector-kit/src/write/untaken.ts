import { ProviderError } from '../provider-error.js';
import type { Untaken } from './writer.js';

/** So many records in one batch are not all broken by chance. */
const manyRecords = 25;

/**
 * Puts records aside, unless the destination takes none of many: then it is its definition that is wrong, and the flow must stop before every
 * record has been put aside and passed over.
 *
 * @throws ProviderError
 */
export function unlessAll(untaken: Untaken[], records: number, connectorName: string): Untaken[] {
  if (records >= manyRecords && untaken.length === records) {
    throw new ProviderError('rejected', `${connectorName} took none of ${records} records; the first: ${untaken[0]!.reason}`);
  }
  return untaken;
}

/**
 * Writes a part of a batch; where it is refused for what is in it, its halves, down to the records that are to blame.
 *
 * @param attempt throws what `reasonOf` gives a reason for, or what ends writing
 */
export async function narrowedDown(indexes: readonly number[], attempt: (indexes: readonly number[]) => Promise<void>, reasonOf: (error: unknown) => string | null): Promise<Untaken[]> {
  if (indexes.length === 0) return [];
  try {
    await attempt(indexes);
    return [];
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null) throw error;
    if (indexes.length === 1) return [{ index: indexes[0]!, reason }];
    const half = indexes.length >> 1;
    const first = await narrowedDown(indexes.slice(0, half), attempt, reasonOf);
    return [...first, ...(await narrowedDown(indexes.slice(half), attempt, reasonOf))];
  }
}
