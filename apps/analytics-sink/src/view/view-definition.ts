import { instantPattern, type Kind } from './kind.js';
import { fixedColumns, type Field } from './shape.js';

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * A value as its column's kind. A value of another kind, committed by a writer that has not seen it coming, is null for the moment it
 * takes to widen the column; a bare cast would make the whole view unreadable instead.
 */
const expressions: Readonly<Record<Kind, (field: string) => string>> = {
  boolean: (field) => `CASE jsonb_typeof(data -> ${field}) WHEN 'boolean' THEN (data -> ${field})::boolean END`,
  numeric: (field) => `CASE jsonb_typeof(data -> ${field}) WHEN 'number' THEN (data -> ${field})::numeric END`,
  timestamptz: (field) => `CASE WHEN data ->> ${field} ~ ${literal(instantPattern)} THEN (data ->> ${field})::timestamptz END`,
  text: (field) => `data ->> ${field}`,
  // JSON's null is SQL's, as in the other kinds.
  jsonb: (field) => `nullif(data -> ${field}, 'null'::jsonb)`,
};

export interface StreamView {
  readonly connector: string;
  readonly stream: string;
  readonly view: string;
}

/** `CREATE OR REPLACE` takes further columns at the end and nothing else. */
export function viewDefinition({ connector, stream, view }: StreamView, fields: readonly Field[]): string {
  const columns = [...fixedColumns, ...fields.map(({ field, column, kind }) => `${expressions[kind](literal(field))} AS ${identifier(column)}`)];
  return `CREATE OR REPLACE VIEW analytics.${identifier(view)} AS SELECT ${columns.join(', ')} FROM analytics.record WHERE connector = ${literal(connector)} AND stream = ${literal(stream)} AND NOT deleted`;
}

/** Whether one list of columns only adds to another. */
export const onlyAdds = (before: readonly Field[], after: readonly Field[]): boolean =>
  before.every(({ column, kind }, place) => after[place]?.column === column && after[place].kind === kind);
