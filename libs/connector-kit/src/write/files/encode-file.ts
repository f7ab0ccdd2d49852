import type { SourceRecord } from '@trunkline/contracts';

/** One record a line: `op`, `key`, `version` and `data`. */
const jsonLines = (records: readonly SourceRecord[]): string => records.map(({ op, key, version, data }) => `${JSON.stringify({ op, key, version, data })}\n`).join('');

/** RFC 4180 §2: quoted where it must be, quotes doubled. */
const cell = (text: string): string => (/[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text);

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}

/** Columns are the members of the records in the order they first appear, behind three of our own. */
function csv(records: readonly SourceRecord[]): string {
  const names = [...new Set(records.flatMap(({ data }) => Object.keys(data ?? {})))];
  const rows = records.map(({ op, key, version, data }) => [key, String(version), String(op === 'delete'), ...names.map((name) => textOf(data !== null && Object.hasOwn(data, name) ? data[name] : null))]);
  return [['_key', '_version', '_deleted', ...names], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** The whole content of a batch's file, UTF-8. */
export const encodeFile = (records: readonly SourceRecord[], format: 'json_lines' | 'csv'): Buffer => Buffer.from(format === 'csv' ? csv(records) : jsonLines(records), 'utf8');
