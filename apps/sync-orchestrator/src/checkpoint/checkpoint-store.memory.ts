import type { Claim } from '../task/task.js';
import type { CheckpointStore, Progress } from './checkpoint-store.js';

interface Held {
  generation: number;
  version: number;
  state: unknown;
  over: boolean;
  moves: Progress[];
}

/** The same rules without a database: for tests of what stands on them. */
export class MemoryCheckpointStore implements CheckpointStore {
  readonly #streams = new Map<string, Held>();

  /** What the claim of a worker does: the generation grows. */
  claim(flowId: string, stream: string): { generation: number; version: number; state: unknown } {
    const held = this.#of(flowId, stream);
    held.generation += 1;
    return { generation: held.generation, version: held.version, state: held.state };
  }

  /** What a cancellation does: the task is over. */
  cancel(flowId: string, stream: string): void {
    this.#of(flowId, stream).over = true;
  }

  /** Where a stream stands. */
  peek(flowId: string, stream: string): { state: unknown; version: number } {
    return this.#of(flowId, stream);
  }

  /** Everything that was moved, in order. */
  moves(flowId: string, stream: string): readonly Progress[] {
    return this.#of(flowId, stream).moves;
  }

  async move(claim: Claim, version: number, progress: Progress): Promise<number | null> {
    const held = this.#of(claim.flowId, claim.stream);
    if (held.over || held.generation !== claim.generation) return null;
    // The try before was through and only its answer was lost: under one generation nobody else moves.
    if (held.version === version + 1) return held.version;
    if (held.version !== version) return null;
    held.version += 1;
    held.state = progress.state;
    held.moves.push(progress);
    return held.version;
  }

  #of(flowId: string, stream: string): Held {
    const key = `${flowId} ${stream}`;
    const held = this.#streams.get(key) ?? { generation: 0, version: 0, state: null, over: false, moves: [] };
    this.#streams.set(key, held);
    return held;
  }
}
