import { STREAMS } from '../options.js';
import type { Account, ResolvedOptions, Stream } from '../options.js';
import type { Change, DurableMap } from '../storage/durable-map.js';
import { indexOfId, makeRecord, recordId, seededChangeTime } from './make-record.js';
import type { CrmRecord, Recipe } from './make-record.js';
import { RecordStream, entryOf, tombstoneOf } from './record-stream.js';
import type { Entry } from './record-stream.js';

/** What is kept of a change: the record as it is now, that it is gone, or that a run of records was generated. */
export type StoredChange = { record: CrmRecord } | { deletedAt: number } | { generated: { from: number; count: number; at: number } };

interface OpenStream {
  records: RecordStream;
  recipe: Recipe;
  /** Index of the next new record. */
  next: number;
}

/** The fields of a record that the server decides. */
const OWN_FIELDS = new Set(['id', 'account_id', 'created_at', 'updated_at', 'deleted']);

/**
 * The data of all accounts. A stream is made from the seed when first asked for, then the stored changes are applied; nothing of the
 * seeded data is ever written to disk.
 */
export class RecordStore {
  readonly #options: Pick<ResolvedOptions, 'seed' | 'records' | 'recordBytes'>;
  readonly #changes: DurableMap<StoredChange>;
  readonly #stored = new Map<string, [string, StoredChange][]>();
  readonly #open = new Map<string, OpenStream>();
  readonly #now: () => number;

  constructor(options: Pick<ResolvedOptions, 'seed' | 'records' | 'recordBytes'>, changes: DurableMap<StoredChange>, now: () => number = Date.now) {
    this.#options = options;
    this.#changes = changes;
    this.#now = now;
    for (const [key, change] of changes.entries()) {
      const place = key.slice(0, key.lastIndexOf('/'));
      const list = this.#stored.get(place);
      if (list) list.push([key, change]);
      else this.#stored.set(place, [[key, change]]);
    }
  }

  /** The records of one stream of one account. */
  records(account: string, stream: Stream): RecordStream {
    return this.#stream(account, stream).records;
  }

  /** Makes every stream of an account now rather than at its first request. */
  prepare(account: Account): void {
    for (const stream of STREAMS) this.#stream(account.id, stream);
  }

  /** Adds a record with the given fields; the server's own fields in it are ignored. */
  async create(account: string, stream: Stream, fields: Record<string, unknown>): Promise<Entry> {
    const open = this.#stream(account, stream);
    const at = open.records.nextTime(this.#now());
    const time = new Date(at).toISOString();
    const id = recordId(stream, open.next);
    open.next += 1;
    return this.#put(account, stream, open, { id, account_id: account, created_at: time, updated_at: time, deleted: false, ...given(fields) });
  }

  /** Replaces the named fields of a record; null when there is no such record. */
  async update(account: string, stream: Stream, id: string, fields: Record<string, unknown>): Promise<Entry | null> {
    const open = this.#stream(account, stream);
    const entry = open.records.get(id);
    if (!entry || entry.deleted) return null;
    const at = open.records.nextTime(this.#now());
    return this.#put(account, stream, open, { ...(JSON.parse(entry.json) as CrmRecord), ...given(fields), updated_at: new Date(at).toISOString() });
  }

  /** Turns a record into a tombstone; false when there is no such record. */
  async remove(account: string, stream: Stream, id: string): Promise<boolean> {
    const open = this.#stream(account, stream);
    const entry = open.records.get(id);
    if (!entry || entry.deleted) return false;
    const deletedAt = open.records.nextTime(this.#now());
    open.records.put(tombstoneOf(id, deletedAt));
    await this.#changes.set(`${account}/${stream}/${id}`, { deletedAt });
    return true;
  }

  /** Adds `count` made-up records, in runs of five that share a timestamp. Returns the first and the last id. */
  async generate(account: string, stream: Stream, count: number): Promise<{ first: string; last: string }> {
    const open = this.#stream(account, stream);
    const generated = { from: open.next, count, at: open.records.nextTime(this.#now()) };
    open.next += count;
    open.records.addAll(generatedEntries(open.recipe, stream, generated));
    // The content follows from the seed, so three numbers are all that must be kept.
    await this.#changes.set(`${account}/${stream}/generated-${generated.from}`, { generated });
    return { first: recordId(stream, generated.from), last: recordId(stream, generated.from + count - 1) };
  }

  async #put(account: string, stream: Stream, open: OpenStream, record: CrmRecord): Promise<Entry> {
    const entry = entryOf(record);
    open.records.put(entry);
    const change: Change<StoredChange> = [`${account}/${stream}/${record.id}`, { record }];
    await this.#changes.change([change]);
    return entry;
  }

  #stream(account: string, stream: Stream): OpenStream {
    const place = `${account}/${stream}`;
    let open = this.#open.get(place);
    if (!open) {
      open = this.#make(account, stream);
      this.#open.set(place, open);
    }
    return open;
  }

  #make(account: string, stream: Stream): OpenStream {
    const { seed, recordBytes, records: counts } = this.#options;
    const recipe: Recipe = { seed, account, counts, recordBytes };
    const open: OpenStream = { records: new RecordStream(), recipe, next: 0 };
    const live = counts[stream];
    const entries: Entry[] = [];
    for (let index = 0; index < live; index += 1) entries.push(entryOf(makeRecord(recipe, stream, index, seededChangeTime(recipe, stream, index))));
    open.next = live + Math.floor(live / 100);
    for (let index = live; index < open.next; index += 1) entries.push(tombstoneOf(recordId(stream, index), seededChangeTime(recipe, stream, index)));
    open.records.addAll(entries);

    const stored = this.#stored.get(`${account}/${stream}`) ?? [];
    for (const [, change] of stored) {
      if (!('generated' in change)) continue;
      // With larger `records` options than before, a seeded record may now have the id of a generated one.
      open.records.addAll(generatedEntries(recipe, stream, change.generated).filter((entry) => !open.records.get(entry.id)));
      open.next = Math.max(open.next, change.generated.from + change.generated.count);
    }
    for (const [key, change] of stored) {
      if ('generated' in change) continue;
      const id = key.slice(key.lastIndexOf('/') + 1);
      open.records.put('record' in change ? entryOf(change.record) : tombstoneOf(id, change.deletedAt));
      open.next = Math.max(open.next, (indexOfId(stream, id) ?? -1) + 1);
    }
    return open;
  }
}

function generatedEntries(recipe: Recipe, stream: Stream, { from, count, at }: { from: number; count: number; at: number }): Entry[] {
  return Array.from({ length: count }, (_, i) => entryOf(makeRecord(recipe, stream, from + i, at + Math.floor(i / 5))));
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !OWN_FIELDS.has(name)));
}
