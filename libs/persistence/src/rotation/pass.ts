/** Where a pass has come to: the last id looked at in one of the tables. */
export interface Cursor {
  readonly table: number;
  readonly after: string;
}

/** What one step of a pass did. */
export interface Batch {
  /** Null: this was the last of the pass. */
  readonly next: Cursor | null;
  readonly replaced: number;
  readonly failed: number;
  /** Of the last failure; names and codes, no values. */
  readonly lastError: string | null;
}

/** Work that is done in passes: look how much is left, walk over it, look again. Each batch is safe to do twice, and by two at once. */
export interface Pass {
  remaining(tenant: string | null): Promise<number>;
  batch(tenant: string | null, from: Cursor): Promise<Batch>;
}

export const beginning: Cursor = { table: 0, after: '' };
