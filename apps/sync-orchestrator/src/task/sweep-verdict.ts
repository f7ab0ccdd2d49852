/** What a complete pass came to, counted over the keys known. */
export interface Swept {
  /** Number of the pass. */
  readonly pass: number;
  /** Keys known before it. */
  readonly known: number;
  /** Those of them it did not bring. */
  readonly missing: number;
  /** Those of them that the withheld pass before it did not bring either. */
  readonly missingTwice: number;
  /** Something of it failed, or was put aside. */
  readonly unclean: boolean;
  /** The complete pass whose deletions were withheld, if the last one's were. */
  readonly withheldPass: number | null;
  /** It may have left out rows that are there, see `mayHaveSkipped`. */
  readonly maySkip: boolean;
}

export interface SweepVerdict {
  /** Keys that no pass from this one on has brought are deleted; null: none. */
  readonly before: number | null;
  /** What the next pass is compared with; null: nothing is withheld. */
  readonly withheldPass: number | null;
  /** Deletions withheld because they are too many to be believed at once. */
  readonly withheld: number;
}

const nothing: SweepVerdict = { before: null, withheldPass: null, withheld: 0 };

/**
 * Which keys may be counted as gone (CORRECTNESS H13). An empty or much shorter list is more often trouble than the truth: it deletes nothing,
 * and the next complete pass deletes only what was missing in both. So it is with every list that may have left rows out. Pure; asked again
 * about the same pass it says the same.
 */
export function judgeSweep({ pass, known, missing, missingTwice, unclean, withheldPass, maySkip }: Swept, minKeepRatio: number): SweepVerdict {
  if (unclean) return { ...nothing, withheldPass };
  if (missing === 0) return nothing;
  // Of what is known something must have come: where nothing did, the ratio says nothing.
  const credible = known - missing > 0 && known - missing >= minKeepRatio * known;
  if (credible && !maySkip) return { ...nothing, before: pass };
  const confirmed = withheldPass !== null && withheldPass < pass ? missingTwice : 0;
  const open = missing - confirmed;
  return { before: confirmed > 0 ? withheldPass : null, withheldPass: open > 0 ? pass : null, withheld: credible ? 0 : open };
}
