import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { schemaOf } from '../sql.js';
import { readCursor, writeCursor, type Binding, type Cursor, type Position } from './cursor.js';

/** What a query of one page needs besides its own conditions. */
export interface PageQuery {
  /** Rows to fetch: one more than asked for tells whether there are more. */
  readonly limit: number;
  /** SQL for WHERE; its values follow those the query has already, from `$firstParameter` on. */
  readonly condition: string;
  /** SQL for ORDER BY. */
  readonly order: string;
  readonly values: readonly unknown[];
}

export interface PageOf<Row> {
  readonly rows: Row[];
  readonly next: string | null;
  readonly previous: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Lists in pages, by key and not by offset: what is added or removed meanwhile moves nothing twice and hides nothing. */
@Injectable()
export class Pages {
  readonly #database: DataSource;
  #key: Promise<Buffer> | undefined;

  constructor(@Inject(DataSource) database: DataSource) {
    this.#database = database;
  }

  /**
   * @param binding the list's name, tenant and filters: a cursor is refused with any other
   * @param columns SQL of the time of creation and of the id; `newestFirst` turns their order around
   * @param fetch runs the query; each row carries its place as `cursor_at` (the time as text) and `id`
   */
  async read<Row extends { readonly id: string; readonly cursor_at: string }>(
    request: PageRequest,
    binding: Binding,
    { columns = { at: 'created_at', id: 'id' }, firstParameter, newestFirst = false }: { columns?: { at: string; id: string }; firstParameter: number; newestFirst?: boolean },
    fetch: (query: PageQuery) => Promise<Row[]>,
  ): Promise<PageOf<Row>> {
    const key = await this.#signingKey();
    const cursor = request.cursor === undefined ? null : readCursor(key, request.cursor, binding);
    const backwards = cursor?.direction === 'previous';
    const [direction, compare] = backwards === newestFirst ? ['ASC', '>'] : ['DESC', '<'];
    const found = await fetch({
      limit: request.limit + 1,
      condition: cursor === null ? 'true' : `(${columns.at}, ${columns.id}) ${compare} ($${firstParameter}::timestamptz, $${firstParameter + 1}::text)`,
      order: `${columns.at} ${direction}, ${columns.id} ${direction}`,
      values: cursor === null ? [] : [cursor.from.at, cursor.from.id],
    });
    const more = found.length > request.limit;
    const rows = found.slice(0, request.limit);
    if (backwards) rows.reverse();
    const write = (towards: Cursor['direction'], row: Row | undefined) => (row === undefined ? null : writeCursor(key, { direction: towards, from: placeOf(row) }, binding));
    return {
      rows,
      next: backwards || more ? write('next', rows.at(-1)) : null,
      previous: backwards ? (more ? write('previous', rows[0]) : null) : cursor === null ? null : write('previous', rows[0]),
    };
  }

  /** Read once: it never changes. */
  #signingKey(): Promise<Buffer> {
    this.#key ??= this.#database
      .query<{ key: Buffer }[]>(`SELECT key FROM "${schemaOf(this.#database)}".cursor_key`)
      .then(([row]) => row!.key)
      .catch((error: unknown) => {
        this.#key = undefined;
        throw error;
      });
    return this.#key;
  }
}

const placeOf = (row: { id: string; cursor_at: string }): Position => ({ at: row.cursor_at, id: row.id });
