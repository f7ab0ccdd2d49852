import type { Socket } from 'node:net';
import type { Secret } from '@trunkline/contracts';
import type { ServerPlace } from '../server.js';

/** A value as the database writes it, null for NULL. */
export type Cell = Buffer | null;

export interface Column {
  readonly name: string;
  /** The type's name in small letters: `int8`, `timestamptz`; MySQL's `bigint unsigned`. */
  readonly type: string;
  readonly nullable: boolean;
}

/** A table as the database describes it. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
  /** Columns of the primary key in its order; empty if there is none. */
  readonly primaryKey: readonly string[];
  /** Columns of each unique index over whole rows. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** First columns of indexes. */
  readonly indexed: readonly string[];
}

/** Rows asked for: those behind a key, or from a value of its first column on, in the order of the key. */
export interface RowsWanted {
  readonly table: Table;
  readonly key: readonly Column[];
  readonly after: readonly string[] | null;
  readonly from: string | null;
  readonly limit: number;
}

/** A row: the table's columns in their order, and the key as texts that lead back to it. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly key: readonly string[];
}

/** A signed-in connection. All it does is read, in transactions that cannot do anything else. */
export interface Database {
  /** Tables of a schema that the user may read; `table` names one of them. */
  tables(schema: string | null, table: string | null): Promise<Table[]>;
  rows(wanted: RowsWanted): Promise<Row[]>;
  /** The value as it goes into a record. */
  value(column: Column, cell: Cell): unknown;
  /** The database's clock in UTC, less some seconds, as a column of that type is compared with it; null for a type that is no time. */
  clock(column: Column, secondsAgo: number): Promise<string | null>;
  /** A value of a time column so many seconds earlier. */
  earlier(column: Column, value: string, seconds: number): Promise<string>;
  /** Who is signed in to what. */
  account(): Promise<{ user: string; database: string }>;
  /** Bytes received so far. */
  received(): number;
  close(): Promise<void>;
}

export interface DatabaseAccess {
  readonly place: ServerPlace;
  readonly socket: Socket;
  readonly database: string;
  readonly username: string;
  readonly password: Secret;
  /** Null: without TLS, which the operator has allowed for this server. */
  readonly tls: { readonly ca: string | undefined; readonly servername: string | undefined } | null;
  readonly timeoutMs: number;
}
