import type { Parent } from '@trunkline/catalog';
import { malformed } from '../paginate/paginator.js';
import { readPath } from '../read-path.js';
import { parseCursor } from './cursor-value.js';
import type { CursorValue } from './cursor-value.js';
import type { ReadPage } from './read-page.js';
import type { HttpState } from './stream-state.js';

export type Place = NonNullable<HttpState['parent']>;
/** Reads one page of the parent stream. */
export type ReadParents = (state: HttpState | null) => Promise<ReadPage<HttpState>>;

const maxValueLength = 4_096;

function textAt(record: Readonly<Record<string, unknown>>, path: readonly string[]): string {
  const value = readPath(record, path);
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') throw malformed(`a parent's "${path.join('.')}" is not a plain value`);
  const text = String(value);
  if (text.length > maxValueLength) throw malformed(`a parent's "${path.join('.')}" is too long`);
  return text;
}

/** True for a parent that came to be since the last pass: of its children none was ever read. */
function isNew({ created }: Parent, record: Readonly<Record<string, unknown>>, since: CursorValue | null): boolean {
  if (created === undefined || typeof since !== 'number') return false;
  const moment = parseCursor(created.format, readPath(record, created.path));
  return typeof moment === 'number' && moment >= since;
}

/** Where the parents ended: behind the last one. `before` is the state of a pass that is done. */
export interface Ended {
  readonly before: HttpState;
  readonly clean: boolean;
}

/**
 * Walks the parents one after the other with one of their pages in memory. A place names the page by the state before it and the parent by its
 * key, so it can be gone on from in another process: the page is read again, and where the key is not on it any more, all of the page counts
 * again, which reads children twice and leaves none out.
 */
export class Parents {
  readonly #parent: Parent;
  readonly #read: ReadParents;
  #page: { readonly before: string; readonly page: ReadPage<HttpState> } | null = null;

  constructor(parent: Parent, read: ReadParents) {
    this.#parent = parent;
    this.#read = read;
  }

  /** The place after this one; or that there is none. `since` is where the child's pass begins. */
  async after(place: Place, since: CursorValue | null): Promise<{ place: Place } | { ended: Ended }> {
    let { before } = place;
    let key = place.current?.key ?? null;
    for (;;) {
      const page = await this.#pageAt(before);
      // Without a key the record cannot be told from another on a page that was read again.
      const records = page.records.filter(({ op, data }) => op === 'upsert' && data !== null && textAt(data, this.#parent.keyPath) !== '');
      const next = key === null ? 0 : records.findIndex((record) => record.key === key) + 1;
      const record = records[next];
      if (record !== undefined) {
        const data = record.data!;
        const values = { [this.#parent.as]: textAt(data, this.#parent.keyPath), ...Object.fromEntries(Object.entries(this.#parent.fields).map(([name, path]) => [name, textAt(data, path)])) };
        return { place: { before, current: { key: record.key, values, whole: isNew(this.#parent, data, since) } } };
      }
      if (page.done) return { ended: { before: page.state, clean: page.state.clean } };
      before = page.state;
      key = null;
    }
  }

  async #pageAt(before: HttpState | null): Promise<ReadPage<HttpState>> {
    const name = JSON.stringify(before);
    if (this.#page?.before === name) return this.#page.page;
    const page = await this.#read(before);
    this.#page = { before: name, page };
    return page;
  }
}
