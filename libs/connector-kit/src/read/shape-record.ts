import type { HttpStream, RecordShape, Stream, ValuePath } from '@trunkline/catalog';
import { readPath } from '../read-path.js';
import { renderJson } from '../render/render-template.js';
import type { TemplateValues } from '../render/render-template.js';
import { walk } from './select-records.js';

/** A record in its final form, or why it has none. */
export type Shaped = { readonly value: unknown } | { readonly reason: string };

type Members = Record<string, unknown>;

/** Deeper objects stay as they are: nobody wants such names. */
const maxDepth = 32;

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members that two places give would silently be one: the record is put aside instead. */
class Collected {
  readonly members: Members = {};
  problem: string | null = null;

  add(name: string, value: unknown): void {
    if (Object.hasOwn(this.members, name)) this.problem ??= `has two values named "${name.slice(0, 100)}"`;
    // Defined, not assigned: a member called `__proto__` stays one.
    Object.defineProperty(this.members, name, { value, enumerable: true, configurable: true, writable: true });
  }

  get result(): Shaped {
    return this.problem === null ? { value: this.members } : { reason: this.problem };
  }
}

function zip(row: unknown, body: unknown, { columns }: Extract<RecordShape, { type: 'columns' }>): Shaped {
  const collected = new Collected();
  for (const { names, values } of columns) {
    const [heads, cells] = [walk(body, names), walk(row, values)];
    // A report without any dimension leaves the lists of them out.
    if (heads === undefined && cells === undefined) continue;
    if (!Array.isArray(heads) || !Array.isArray(cells) || heads.length !== cells.length) return { reason: 'has not as many values as there are columns' };
    heads.forEach((head, index) => collected.add(String(head), cells[index]));
  }
  return collected.result;
}

function without(value: Members, [name = '', ...rest]: ValuePath): Members {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (key !== name) return [[key, member]];
      return rest.length === 0 || !isObject(member) ? [] : [[key, without(member, rest)]];
    }),
  );
}

function lift(value: Members, paths: readonly ValuePath[]): Shaped {
  const collected = new Collected();
  const rest = paths.reduce((left, path) => (isObject(readPath(value, path)) ? without(left, path) : left), value);
  for (const [name, member] of Object.entries(rest)) collected.add(name, member);
  for (const path of paths) {
    const found = readPath(value, path);
    if (isObject(found)) for (const [name, member] of Object.entries(found)) collected.add(name, member);
  }
  return collected.result;
}

function flatten(value: Members, separator: string): Shaped {
  const collected = new Collected();
  const visit = (members: Members, prefix: string, depth: number): void => {
    for (const [name, member] of Object.entries(members)) {
      if (isObject(member) && Object.keys(member).length > 0 && depth < maxDepth) visit(member, `${prefix}${name}${separator}`, depth + 1);
      else collected.add(`${prefix}${name}`, member);
    }
  };
  visit(value, '', 0);
  return collected.result;
}

function shapeOne(value: unknown, body: unknown, shape: RecordShape | undefined): Shaped {
  if (shape === undefined) return { value };
  if (shape.type === 'columns') return zip(value, body, shape);
  if (!isObject(value)) return { value };
  return shape.lift === undefined ? flatten(value, shape.separator) : lift(value, shape.lift);
}

/** The record with the definition's own members. */
export function withFields(value: unknown, addFields: Stream['addFields'], values: TemplateValues): unknown {
  if (!isObject(value) || Object.keys(addFields).length === 0) return value;
  return { ...value, ...(renderJson(addFields, values) as Members) };
}

/** What was selected, each in the form the stream's definition gives it. */
export const shapeRecords = (selected: readonly unknown[], body: unknown, { recordShape, addFields }: Pick<HttpStream, 'recordShape' | 'addFields'>, values: TemplateValues): Shaped[] =>
  selected.map((one) => {
    const shaped = shapeOne(one, body, recordShape);
    return 'reason' in shaped ? shaped : { value: withFields(shaped.value, addFields, values) };
  });
