import { storableJson, storableText } from './storable-text.js';

describe('text PostgreSQL cannot store', () => {
  it('is kept as the text of its JSON escape', () => {
    expect(storableText('a\u0000b')).toBe('a\\u0000b');
    expect(storableText('\ud83d alone, \ude00 alone, 😀 whole')).toBe('\\ud83d alone, \\ude00 alone, 😀 whole');
    expect(storableText('\ud83d\ud83d\ude00')).toBe('\\ud83d😀');
  });

  it('is found at any depth, in values and in names', () => {
    const json = storableJson([{ data: { 'na\u0000me': ['x', { deep: '\udc00' }] } }]);
    expect(JSON.parse(json)).toEqual([{ data: { 'na\\u0000me': ['x', { deep: '\\udc00' }] } }]);
  });

  it('leaves everything else alone, also what only looks like it', () => {
    const value = [{ windows: 'C:\\u0000dir', emoji: '😀', number: 1.5, nothing: null, yes: true }];
    expect(storableJson(value)).toBe(JSON.stringify(value));
    expect(Object.keys(JSON.parse(storableJson(JSON.parse('{"__proto__":{"a":"\\u0000"}}'))) as object)).toEqual(['__proto__']);
  });
});
