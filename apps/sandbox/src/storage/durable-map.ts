import { Journal, readJournal, rewriteJournal } from './journal.js';

/** One change: `[key, value]` sets, `[key]` deletes. A journal line is a list of changes, so that a batch is kept whole or not at all. */
export type Change<V> = [key: string, value: V] | [key: string];

export interface DurableMapOptions<V> {
  /** Decides at start what is still worth keeping (expired tokens are not); default: everything. */
  keep?: (key: string, value: V) => boolean;
}

/**
 * A map in memory that survives a `kill -9`. Changes are visible at once and the returned promise resolves when they are on disk.
 * Without a path it lives in memory only.
 */
export class DurableMap<V> {
  readonly #values: Map<string, V>;
  readonly #journal: Journal | null;

  private constructor(values: Map<string, V>, journal: Journal | null) {
    this.#values = values;
    this.#journal = journal;
  }

  /** Reads the file, rewrites it with only the entries that count (compaction), and opens it for appending. */
  static async open<V>(path: string | undefined, options: DurableMapOptions<V> = {}): Promise<DurableMap<V>> {
    const values = new Map<string, V>();
    if (path === undefined) return new DurableMap(values, null);
    await readJournal(path, (line) => apply(values, line as Change<V>[]));
    for (const [key, value] of values) {
      if (options.keep && !options.keep(key, value)) values.delete(key);
    }
    await rewriteJournal(path, lines(values));
    return new DurableMap(values, await Journal.open(path));
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  entries(): IterableIterator<[string, V]> {
    return this.#values.entries();
  }

  set(key: string, value: V): Promise<void> {
    return this.change([[key, value]]);
  }

  delete(key: string): Promise<void> {
    return this.#values.has(key) ? this.change([[key]]) : Promise.resolve();
  }

  /** Makes several changes as one: after a crash either all of them are there or none. */
  change(changes: Change<V>[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    apply(this.#values, changes);
    return this.#journal ? this.#journal.append(changes) : Promise.resolve();
  }

  /** Drops an entry from memory without writing: only for what `keep` refuses at the next start anyway. */
  forget(key: string): void {
    this.#values.delete(key);
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }
}

function apply<V>(values: Map<string, V>, changes: Change<V>[]): void {
  for (const change of changes) {
    if (change.length === 1) values.delete(change[0]);
    else values.set(change[0], change[1]);
  }
}

function* lines<V>(values: Map<string, V>): Iterable<Change<V>[]> {
  for (const [key, value] of values) yield [[key, value]];
}
