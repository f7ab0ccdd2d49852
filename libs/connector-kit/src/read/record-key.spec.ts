import { recordKey } from './record-key.js';

const keyOf = (record: unknown, ...paths: string[]) => recordKey(record, paths.map((path) => path.split('.')));

describe('the key of a record', () => {
  it('is the value itself where there is one', () => {
    expect(keyOf({ id: 'a"b' }, 'id')).toEqual({ key: 'a"b' });
    expect(keyOf({ id: 7 }, 'id')).toEqual({ key: '7' });
    expect(keyOf({ campaign: { id: '7' } }, 'campaign.id')).toEqual({ key: '7' });
  });

  it('tells composite keys apart whatever is in their parts', () => {
    const keys = [
      ['a', 'b,c'],
      ['a,b', 'c'],
      ['a","b', 'c'],
      ['a', 'b","c'],
      ['a\\', 'b'],
      ['a', '\\b'],
    ].map(([left, right]) => keyOf({ left, right }, 'left', 'right'));
    expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(keys.length);
    expect(keys[0]).toEqual({ key: '["a","b,c"]' });
  });

  it('is missing if one part is', () => {
    expect(keyOf({ left: 'a' }, 'left', 'right')).toEqual({ reason: 'has no "right"' });
    expect(keyOf({ left: 'a', right: null }, 'left', 'right')).toEqual({ reason: 'has no "right"' });
  });

  it('may have empty parts beside others, and none that is empty as a whole', () => {
    expect(keyOf({ left: '', right: 'b' }, 'left', 'right')).toEqual({ key: '["","b"]' });
    expect(keyOf({ left: '', right: '' }, 'left', 'right')).toEqual({ reason: 'has no "left"' });
    expect(keyOf({ id: '' }, 'id')).toEqual({ reason: 'has no "id"' });
  });

  it('may hold any text that can be stored', () => {
    expect(keyOf({ id: '😀 ключ' }, 'id')).toEqual({ key: '😀 ключ' });
    for (const id of ['\0', 'a\0b', '\ud83d', '\ude00x']) expect(keyOf({ id }, 'id')).toEqual({ reason: '"id" contains characters a key cannot hold' });
  });
});
