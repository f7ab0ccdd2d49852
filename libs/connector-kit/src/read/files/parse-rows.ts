import { parse } from 'csv-parse/sync';
import { parseJson } from '../../lossless-json.js';
import type { Shaped } from '../shape-record.js';

/** How the rows of a file are written, with everything filled in. */
export interface FileFormat {
  readonly kind: 'csv' | 'json_lines';
  readonly header: boolean;
  readonly delimiter: string;
  readonly quote: string;
  readonly encoding: 'utf8' | 'latin1';
}

const withoutBreak = (text: string): string => text.replace(/\r?\n$/, '');

/** The values of one row of CSV; null if it is none. */
export function cellsOf(text: string, { delimiter, quote }: FileFormat): string[] | null {
  const line = withoutBreak(text);
  if (line === '') return [''];
  try {
    const rows = parse(line, { delimiter, quote, relax_quotes: true, relax_column_count: true, record_delimiter: ['\n', '\r\n'], skip_empty_lines: false });
    return rows.length === 1 ? (rows[0] as string[]) : null;
  } catch {
    return null;
  }
}

/** Columns' names: the header's, or their number where it has none. */
const nameOf = (header: readonly string[] | null, index: number): string => (header?.[index] ?? '').trim() || `column_${index + 1}`;

/** A row as a record; null for an empty line. */
export function parseRow(bytes: Buffer, format: FileFormat, header: readonly string[] | null): Shaped | null {
  const text = bytes.toString(format.encoding);
  if (withoutBreak(text).trim() === '') return null;
  if (format.kind === 'json_lines') {
    try {
      return { value: parseJson(text) };
    } catch {
      return { reason: 'is not JSON' };
    }
  }
  const cells = cellsOf(text, format);
  if (cells === null) return { reason: 'is not a row of CSV (a quote that is not closed?)' };
  if (header !== null && cells.length > header.length) return { reason: `has ${cells.length} values for ${header.length} columns` };
  return { value: Object.fromEntries(cells.map((cell, index) => [nameOf(header, index), cell])) };
}
