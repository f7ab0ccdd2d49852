const widest = 60;

/**
 * Rows as a table of text.
 * @param {readonly string[]} columns
 * @param {readonly (readonly unknown[])[]} rows
 * @returns {string}
 */
export function renderTable(columns, rows) {
  const cells = [columns, ...rows.map((row) => row.map(asText))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ').trimEnd();
  const [header = [], ...body] = cells.map(line);
  return [header, widths.map((width) => '-'.repeat(width)).join('  '), ...body, `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`].join('\n');
}

/** @param {unknown} value */
function asText(value) {
  const text = value === null ? '' : value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const oneLine = text.replaceAll(/[\r\n\t]+/g, ' ');
  return oneLine.length > widest ? `${oneLine.slice(0, widest - 1)}…` : oneLine;
}
