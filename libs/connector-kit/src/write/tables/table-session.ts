import type { TargetOf, Untaken } from '../writer.js';
import type { MappedColumn, TableRow } from './table-row.js';

/** Where rows go, in the database one is signed in to. */
export interface TableWanted extends Pick<TargetOf<'table'>, 'table' | 'create'> {
  /** Null: the user's own. */
  readonly schema: string | null;
  readonly columns: readonly MappedColumn[];
}

/** Signed in, with the table found fit or made. */
export interface TableSession {
  /**
   * All rows in one transaction, but for those the table does not take. Only what is newer than the row that is there changes it, so a repeat
   * or a late batch changes nothing.
   */
  write(rows: readonly TableRow[]): Promise<Untaken[]>;
  close(): void;
}
