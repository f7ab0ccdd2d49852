/** What was tried, and how it ended, printed as a table when all is over. */
export class ResultsTable {
  readonly #rows: string[][] = [];
  readonly #heading: readonly string[];

  constructor(...heading: string[]) {
    this.#heading = heading;
  }

  add(...row: string[]): void {
    this.#rows.push(row);
  }

  /** Puts cells that are known only afterwards into the last row, from a column on. */
  insert(column: number, ...cells: string[]): void {
    this.#rows.at(-1)!.splice(column, 0, ...cells);
  }

  /** Runs one case; its row says `ok` and what came back, or `FAILED`. */
  async try(cells: readonly string[], work: () => Promise<string | void>): Promise<void> {
    try {
      this.add(...cells, 'ok', (await work()) ?? '');
    } catch (error) {
      this.add(...cells, 'FAILED', (error as Error).message.split('\n')[0]!.slice(0, 100));
      throw error;
    }
  }

  print(): void {
    const all = [this.#heading, ...this.#rows];
    const widths = this.#heading.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
    const line = (row: readonly string[]) => `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
    // Jest's own console puts a stack trace under every line.
    process.stdout.write(`\n${[line(this.#heading), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...this.#rows.map(line)].join('\n')}\n`);
  }
}
