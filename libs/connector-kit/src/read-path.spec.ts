import { readPath } from './read-path.js';

describe('a path into a JSON value', () => {
  const value = { a: { b: [{ c: 1 }, { c: null }] }, 'odd.name': 2, empty: '' };

  it.each<[string[], unknown]>([
    [[], value],
    [['a', 'b', '0', 'c'], 1],
    [['a', 'b', '1', 'c'], null],
    [['odd.name'], 2],
    [['empty'], ''],
    [['a', 'b', '2', 'c'], undefined],
    [['a', 'b', 'c'], undefined],
    [['empty', 'length'], undefined],
    [['a', 'b', 'length'], undefined],
    [['a', 'b', '-1'], undefined],
  ])('%j', (path, expected) => {
    expect(readPath(value, path)).toEqual(expected);
  });

  it.each([['__proto__'], ['constructor'], ['toString'], ['a', '__proto__', 'x'], ['constructor', 'prototype']])('does not walk prototypes: %s', (...path) => {
    expect(readPath(value, path)).toBeUndefined();
    expect(readPath([], path)).toBeUndefined();
  });

  it('finds a field of such a name that the provider did send', () => {
    expect(readPath(JSON.parse('{"__proto__":{"x":1}}'), ['__proto__', 'x'])).toBe(1);
  });
});
