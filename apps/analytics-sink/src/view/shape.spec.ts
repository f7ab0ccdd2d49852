import type { Kind } from './kind.js';
import { unseen, viewNameFor, withEvidence, type Field } from './shape.js';

const none = new Map<string, Kind>();

describe('the fields of a stream', () => {
  it('are learned from what is not known yet', () => {
    expect(unseen(none, false, [{ a: 1, b: null }, { a: 'x', c: true }, null, [1]])).toEqual(new Map([['a', 'text'], ['c', 'boolean']]));
    expect(unseen(new Map<string, Kind>([['a', 'text']]), false, [{ a: 1 }, { a: 'x' }]).size).toBe(0);
    expect(unseen(new Map<string, Kind>([['a', 'text']]), true, [{ b: 1 }]).size).toBe(0);
    expect(unseen(new Map<string, Kind>([['a', 'numeric']]), true, [{ a: 'x' }])).toEqual(new Map([['a', 'text']]));
    expect(unseen(none, false, [{ 'a\u0000': 1 }])).toEqual(new Map([['a\\u0000', 'numeric']]));
    // Too long, as it comes or as it is stored: never learned, so never a reason to look again.
    for (const name of ['y'.repeat(201), '\u0000'.repeat(40)]) expect(unseen(none, false, [{ [name]: 1 }]).size).toBe(0);
  });

  it('keep their columns, and get names of their own', () => {
    const first = withEvidence([], new Map<string, Kind>([['key', 'text'], ['data_key', 'text'], ['', 'text'], ['Ünï "q"', 'text'], ['a', 'numeric']]), 10);
    expect(first.map(({ column }) => column).slice(0, 2)).toEqual(['data_key', 'data_data_key']);
    expect(new Set(first.map(({ column }) => column)).size).toBe(5);
    const second = withEvidence(first, new Map<string, Kind>([['b', 'text'], ['a', 'text']]), 10);
    expect(second.slice(0, 5).map(({ column }) => column)).toEqual(first.map(({ column }) => column));
    expect(second.slice(4)).toEqual([{ field: 'a', column: 'a', kind: 'text' }, { field: 'b', column: 'b', kind: 'text' }]);
  });

  it('are bounded in number and in the length of their columns', () => {
    const many = new Map(Array.from({ length: 50 }, (_, place): [string, Kind] => [`${'ü'.repeat(60)}${place}`, 'text']));
    const fields: Field[] = withEvidence([], many, 20);
    expect(fields).toHaveLength(20);
    expect(new Set(fields.map(({ column }) => column)).size).toBe(20);
    for (const { column } of fields) expect(Buffer.byteLength(column)).toBeLessThanOrEqual(63);
  });

  it('stand in a view with a name of its own', () => {
    expect(viewNameFor('a', 'b_c', () => false)).toBe('a_b_c');
    expect(viewNameFor('a_b', 'c', (name) => name === 'a_b_c')).toMatch(/^a_b_c_[0-9a-f]{8}$/);
    expect(viewNameFor('x'.repeat(64), 'y'.repeat(64), () => false)).toHaveLength(63);
  });
});
