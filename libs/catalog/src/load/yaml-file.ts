import { isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';

/** What is wrong, and where in the file's value. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A YAML 1.2 file that still knows on which line everything stands. */
export class YamlFile {
  readonly value: unknown;
  readonly syntaxProblems: readonly string[];
  readonly #document: Document.Parsed;
  readonly #lines = new LineCounter();

  constructor(
    readonly name: string,
    text: string,
  ) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, version: '1.2', schema: 'core' });
    const at = (offset: number) => `${name}:${this.#lines.linePos(offset).line}`;
    const problems = this.#document.errors.map((error) => `${at(error.pos[0])}: ${error.message}`);
    // Aliases multiply: a few lines of them can unfold to gigabytes ("billion laughs"). Definitions do without.
    visit(this.#document, { Alias: (_key, node) => void problems.push(`${at(node.range?.[0] ?? 0)}: aliases (*${node.source}) are not used here`) });
    this.syntaxProblems = problems;
    this.value = problems.length === 0 ? this.#document.toJS() : undefined;
  }

  /** `file:line: place: message` for a problem of this file; the line is of the deepest part of the path that is there. */
  describe({ path, message }: Problem): string {
    const place = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
    return `${this.name}:${this.#line(path)}: ${place}${message}`;
  }

  #line(path: readonly PropertyKey[]): number {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const parent = depth === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, depth - 1), true);
      const key = path[depth - 1];
      const pair = isMap(parent) ? parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key) : undefined;
      const node = (pair?.key ?? this.#document.getIn(path.slice(0, depth), true)) as { range?: [number, number, number] | null } | undefined;
      if (node?.range) return this.#lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}
