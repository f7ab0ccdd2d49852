import type { CrmRecord } from './make-record.js';

/** A record ready to be sent: its place in the order, and its JSON made once. */
export interface Entry {
  /** Time of the last change, ms since the epoch. */
  readonly at: number;
  readonly id: string;
  readonly json: string;
  readonly deleted: boolean;
}

/** A place in the order (updated_at, id). */
export interface Position {
  at: number;
  id: string;
}

/**
 * The records of one stream of one account, sorted by (updated_at, id) ascending, in two views: `live` without and `all` with
 * tombstones. Pages are slices found by binary search, whatever the size.
 */
export class RecordStream {
  readonly live: Entry[] = [];
  readonly all: Entry[] = [];
  readonly #byId = new Map<string, Entry>();

  /** Adds many entries with new ids at once. */
  addAll(entries: Entry[]): void {
    const last = this.all.at(-1);
    const sorted = entries.toSorted(compare);
    for (const entry of sorted) {
      this.#byId.set(entry.id, entry);
      this.all.push(entry);
      if (!entry.deleted) this.live.push(entry);
    }
    if (last && sorted[0] && compare(last, sorted[0]) > 0) {
      this.all.sort(compare);
      this.live.sort(compare);
    }
  }

  /** Sets the entry of an id, taking the place of an earlier one. */
  put(entry: Entry): void {
    const previous = this.#byId.get(entry.id);
    if (previous) {
      removeFrom(this.all, previous);
      if (!previous.deleted) removeFrom(this.live, previous);
    }
    this.#byId.set(entry.id, entry);
    insertInto(this.all, entry);
    if (!entry.deleted) insertInto(this.live, entry);
  }

  /** The entry of an id; tombstones included. */
  get(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  /** A time later than that of every entry: no change is ever sorted before a page somebody has already read. */
  nextTime(now: number): number {
    return Math.max(now, (this.all.at(-1)?.at ?? 0) + 1);
  }
}

/** Index of the first entry changed at or after the time. */
export function firstSince(list: readonly Entry[], at: number): number {
  return search(list, (entry) => entry.at >= at);
}

/** Index of the first entry behind the position. The entry at the position need not exist any more. */
export function firstAfter(list: readonly Entry[], position: Position): number {
  return search(list, (entry) => compare(entry, position) > 0);
}

export function entryOf(record: CrmRecord): Entry {
  return { at: Date.parse(record.updated_at), id: record.id, json: JSON.stringify(record), deleted: false };
}

export function tombstoneOf(id: string, at: number): Entry {
  return { at, id, json: JSON.stringify({ id, deleted: true, updated_at: new Date(at).toISOString() }), deleted: true };
}

function compare(a: Position, b: Position): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function search(list: readonly Entry[], reached: (entry: Entry) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(list[middle] as Entry)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function insertInto(list: Entry[], entry: Entry): void {
  const last = list.at(-1);
  if (!last || compare(last, entry) < 0) list.push(entry);
  else list.splice(firstAfter(list, entry), 0, entry);
}

function removeFrom(list: Entry[], entry: Entry): void {
  const index = firstAfter(list, entry) - 1;
  if (list[index] === entry) list.splice(index, 1);
}
