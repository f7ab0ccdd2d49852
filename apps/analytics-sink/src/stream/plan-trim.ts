export interface StreamState {
  readonly bytes: number;
  readonly maxBytes: number;
  readonly messages: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

/** How far one durable consumer has come. */
export interface Reader {
  readonly name: string;
  /** Everything up to here it has acknowledged. */
  readonly ackFloor: number;
  /** Of its subjects: not delivered yet, and delivered but not acknowledged. */
  readonly unseen: number;
  readonly inHand: number;
}

/** How much of what may go is left for whoever comes late: the stream is emptied to this many percent points below the limit. */
const margin = 20;

/**
 * The first sequence that stays, or null to leave the stream as it is. Nothing goes that a durable consumer has not acknowledged, and no
 * more than it takes to have room again: the rest is what a rebuild reads.
 */
export function planTrim(stream: StreamState, readers: readonly Reader[], own: string, percent: number): number | null {
  if (percent >= 100 || stream.maxBytes <= 0 || stream.messages === 0) return null;
  if (stream.bytes * 100 <= stream.maxBytes * percent) return null;
  // The sink's own consumer is made when it starts to read; without it nobody can say what it has not read.
  if (!readers.some(({ name }) => name === own)) return null;
  const read = Math.min(...readers.map((reader) => readUpTo(reader, stream)));
  const excess = stream.bytes - (stream.maxBytes * Math.max(percent - margin, 0)) / 100;
  const enough = stream.firstSequence + Math.ceil(excess / (stream.bytes / stream.messages));
  const keepFrom = Math.min(read + 1, enough);
  return keepFrom > stream.firstSequence ? keepFrom : null;
}

/** A consumer of few subjects acknowledges few sequences: once it has nothing left of its own, all that was there is read. */
const readUpTo = ({ ackFloor, unseen, inHand }: Reader, { lastSequence }: StreamState): number => (unseen === 0 && inHand === 0 ? lastSequence : ackFloor);
