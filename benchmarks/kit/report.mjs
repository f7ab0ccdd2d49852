/** Median of several figures. */
export const median = (figures) => [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)];

export const round = (figure, digits = 0) => Number(figure.toFixed(digits));

/** A table for people, then one JSON line for machines. */
export function report(name, rows, ratios) {
  process.stdout.write(`\n${name}\n`);
  for (const [label, value] of Object.entries(rows)) process.stdout.write(`  ${label.padEnd(58)} ${value}\n`);
  for (const [label, { value, aim }] of Object.entries(ratios)) {
    process.stdout.write(`  ratio: ${label.padEnd(51)} ${value.toFixed(2)}${aim === undefined ? '' : `  (aim ${aim})`}\n`);
  }
  process.stdout.write(`${JSON.stringify({ benchmark: name, rows, ratios: Object.fromEntries(Object.entries(ratios).map(([label, { value }]) => [label, round(value, 3)])) })}\n`);
}
