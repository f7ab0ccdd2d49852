/** The closed list of what a `{{ … }}` may name. `inputs`, `settings`, `credential` and `parent` take names a definition declares. */
export const variableSpaces = {
  inputs: null,
  settings: null,
  credential: null,
  app: ['client_id'],
  page: ['size', 'cursor', 'number', 'offset'],
  cursor: ['since', 'until'],
  slice: ['start', 'end', 'start_year', 'start_month', 'start_day', 'end_year', 'end_month', 'end_day', 'after_id'],
  parent: null,
} as const;

export type VariableSpace = keyof typeof variableSpaces;

/** One `{{space.name}}`. */
export interface Variable {
  readonly space: VariableSpace;
  readonly name: string;
}

/** A text with variables, parsed once when the catalog is read. */
export class Template {
  constructor(
    readonly source: string,
    readonly parts: readonly (string | Variable)[],
  ) {}

  get variables(): readonly Variable[] {
    return this.parts.filter((part) => typeof part !== 'string');
  }

  /** The variable if the template is nothing else, so that its value may keep its type (a number stays a number in JSON). */
  get sole(): Variable | null {
    const [part] = this.parts;
    return this.parts.length === 1 && typeof part === 'object' ? part : null;
  }

  toString(): string {
    return this.source;
  }
}

const variableName = /^([a-z]+)\.([a-z][a-z0-9_]*)$/;

/** Parses one `{{ … }}`'s inside. Throws an Error that says what is wrong. */
function parseVariable(text: string): Variable {
  const [, space, name] = variableName.exec(text.trim()) ?? [];
  if (space === undefined || name === undefined) throw new Error(`{{${text}}} is not a variable; write {{space.name}}, e.g. {{inputs.shop}}`);
  if (!Object.hasOwn(variableSpaces, space)) {
    throw new Error(`{{${text.trim()}}} names the unknown "${space}"; there are ${Object.keys(variableSpaces).join(', ')}`);
  }
  const names: readonly string[] | null = variableSpaces[space as VariableSpace];
  if (names !== null && !names.includes(name)) throw new Error(`{{${text.trim()}}} is unknown; "${space}" has ${names.join(', ')}`);
  return { space: space as VariableSpace, name };
}

/** Parses a text with `{{space.name}}` variables. Throws an Error that says what is wrong. */
export function parseTemplate(source: string): Template {
  const parts: (string | Variable)[] = [];
  let from = 0;
  while (from < source.length) {
    const open = source.indexOf('{{', from);
    if (open === -1) break;
    const close = source.indexOf('}}', open);
    if (close === -1) throw new Error('"{{" is not closed by "}}"');
    if (open > from) parts.push(source.slice(from, open));
    parts.push(parseVariable(source.slice(open + 2, close)));
    from = close + 2;
  }
  if (from < source.length) parts.push(source.slice(from));
  return new Template(source, parts);
}
