import type { Quarantined, ReadRecord } from './read-records.js';
import type { StreamState } from './stream-state.js';

/** One page, and where reading stands after it. */
export interface ReadPage<State extends StreamState = StreamState> {
  readonly records: ReadRecord[];
  /** To be kept once the records are safe; given back to `readStream` it goes on with the next page. */
  readonly state: State;
  /** This was the last page of the pass. */
  readonly done: boolean;
  /** The pass reads everything, not only what changed: what it does not bring is not there any more. */
  readonly full: boolean;
  /**
   * The last page of a full pass in which nothing was put aside and no answer was taken for nothing: only behind such a pass may what it did not
   * bring be counted as gone.
   */
  readonly complete: boolean;
  /** Size of the answer's body in bytes. */
  readonly bytes: number;
  readonly quarantined: Quarantined[];
}
