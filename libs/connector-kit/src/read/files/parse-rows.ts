import { parse, type Options } from 'csv-parse/sync';
import { parseJson } from '../../lossless-json.js';
import type { Shaped } from '../shape-record.js';
import { maxRowBytes } from './split-rows.js';
import type { RowBytes } from './split-rows.js';

/** How the rows of a file are written, with everything filled in. */
export interface FileFormat {
  readonly kind: 'csv' | 'json_lines';
  readonly header: boolean;
  readonly delimiter: string;
  readonly quote: string;
  readonly encoding: 'utf8' | 'latin1';
}

const withoutBreak = (text: string): string => text.replace(/\r?\n$/, '');

/** RFC 4180, and what people write instead of it. A quote inside of quotes is doubled, whichever sign it is. */
const optionsOf = ({ delimiter, quote }: FileFormat): Options => ({ delimiter, quote, escape: quote, relax_quotes: true, relax_column_count: true, record_delimiter: ['\n', '\r\n'], skip_empty_lines: false });

/** The values of one row of CSV; null if it is none. */
export function cellsOf(text: string, format: FileFormat): string[] | null {
  const line = withoutBreak(text);
  if (line === '') return [''];
  try {
    const rows = parse(line, optionsOf(format));
    return rows.length === 1 ? (rows[0] as string[]) : null;
  } catch {
    return null;
  }
}

/** Columns' names: the header's, or their number where it has none. */
const nameOf = (header: readonly string[] | null, index: number): string => (header?.[index] ?? '').trim() || `column_${index + 1}`;

/** The rows of CSV in one go: one by one each would set up a parser. Null where that would not give exactly these rows. */
function cellsTogether(bytes: Buffer, rows: readonly RowBytes[], format: FileFormat): string[][] | null {
  try {
    const from = rows[0]!.start;
    const found = parse(bytes.subarray(from, rows.at(-1)!.end), { ...optionsOf(format), encoding: format.encoding, info: true }) as unknown as { record: string[]; info: { bytes: number } }[];
    return found.length === rows.length && found.every(({ info }, index) => info.bytes === rows[index]!.end - from) ? found.map(({ record }) => record) : null;
  } catch {
    return null;
  }
}

const isBlank = (bytes: Buffer, { start, end }: RowBytes): boolean => {
  for (let place = start; place < end; place += 1) if (!isSpace(bytes[place]!)) return false;
  return true;
};
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** Rows as records; null for an empty line. One that is broken, or too long, does not break the others. */
export function parseRows(bytes: Buffer, rows: readonly RowBytes[], format: FileFormat, header: readonly string[] | null): (Shaped | null)[] {
  const together = format.kind === 'csv' && rows.length > 1 && rows.every(({ start, end }) => end - start <= maxRowBytes) ? cellsTogether(bytes, rows, format) : null;
  return rows.map((row, index) => {
    if (isBlank(bytes, row)) return null;
    if (row.end - row.start > maxRowBytes) return { reason: `is longer than ${maxRowBytes} bytes` };
    const text = () => bytes.subarray(row.start, row.end).toString(format.encoding);
    if (format.kind === 'json_lines') return parseLine(text());
    return toRecord(together?.[index] ?? cellsOf(text(), format), header);
  });
}

function parseLine(text: string): Shaped {
  try {
    return { value: parseJson(text) };
  } catch {
    return { reason: 'is not JSON' };
  }
}

function toRecord(cells: readonly string[] | null, header: readonly string[] | null): Shaped {
  if (cells === null) return { reason: 'is not a row of CSV (a quote that is not closed?)' };
  if (header !== null && cells.length > header.length) return { reason: `has ${cells.length} values for ${header.length} columns` };
  return { value: Object.fromEntries(cells.map((cell, index) => [nameOf(header, index), cell])) };
}
