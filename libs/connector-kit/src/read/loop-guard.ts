import { createHash } from 'node:crypto';

/**
 * Remembers one place on the way and compares all later ones with it; the place is moved forward each time the way has doubled
 * (Brent's cycle detection). So a page that names itself is found at once, and any cycle after at most three rounds, with a
 * memory of one place however long the way, which fits into a checkpoint.
 */
export interface LoopGuard {
  readonly anchor: string;
  readonly steps: number;
  readonly limit: number;
}

/** Short positions, nearly all, stand for themselves: hashing each page's would cost more than all else that is done here. */
const longestVerbatim = 200;

function markOf(position: unknown): string {
  const text = JSON.stringify(position);
  return text.length <= longestVerbatim ? text : createHash('sha256').update(text).digest('base64url');
}

/** The guard after going on to a position; null if that has been visited before. */
export function step(guard: LoopGuard | null, position: unknown): LoopGuard | null {
  const here = markOf(position);
  if (guard === null) return { anchor: here, steps: 0, limit: 1 };
  if (guard.anchor === here) return null;
  return guard.steps + 1 === guard.limit ? { anchor: here, steps: 0, limit: guard.limit * 2 } : { ...guard, steps: guard.steps + 1 };
}
