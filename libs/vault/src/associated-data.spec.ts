import { associatedData } from './associated-data.js';

const of = (...values: string[]): string => associatedData('label', values.map((value, i) => [`part ${i}`, value]), 1).toString('hex');

it('is label, each part behind its length in bytes, version', () => {
  expect(associatedData('L', [['a', 'x\u20ac'], ['b', 'y']], 258).toString('hex')).toBe('4c' + '00000004' + '78e282ac' + '00000001' + '79' + '00000102');
});

it('never reads alike for different parts', () => {
  const lists = [
    ['ab', 'c'], ['a', 'bc'], ['abc', 'd'], ['a', 'b', 'c'], ['a|b', 'c'], ['a', 'b|c'],
    ['a\0\0\0\0b', 'c'], ['a', 'b\0\0\0\0c'], ['a\0\0\0\x01b', 'c'], ['a', 'b\0\0\0\x01c'],
  ];
  expect(new Set(lists.map((list) => of(...list))).size).toBe(lists.length);
});

it('differs by label and version', () => {
  expect(associatedData('l1', [['a', 'x']], 1)).not.toEqual(associatedData('l2', [['a', 'x']], 1));
  expect(associatedData('l1', [['a', 'x']], 1)).not.toEqual(associatedData('l1', [['a', 'x']], 2));
});

it.each([[''], [undefined], [1], ['\ud800'], ['x\udfff'], ['\ude00\ud83d']])('names the part that cannot be bound: %j', (value) => {
  expect(() => associatedData('l', [['subject', value as string]], 1))
    .toThrow(new TypeError('the vault needs subject to be a well-formed string that is not empty'));
});
