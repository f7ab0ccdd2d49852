import { asRow, latestOfEachKey } from './row.js';

describe('a record of a batch', () => {
  it('becomes a row: data for an upsert, a tombstone for a delete', () => {
    expect(asRow({ op: 'upsert', key: 'k', version: 7, data: { a: 1 } })).toEqual({ row: { key: 'k', version: 7, deleted: false, data: { a: 1 } } });
    expect(asRow({ op: 'delete', key: 'k', version: 7, data: { a: 1 } })).toEqual({ row: { key: 'k', version: 7, deleted: true, data: null } });
  });

  it.each([
    ['nothing', null],
    ['a list', []],
    ['an unknown op', { op: 'merge', key: 'k', version: 1, data: {} }],
    ['a key that is a number', { op: 'upsert', key: 5, version: 1, data: {} }],
    ['an empty key', { op: 'upsert', key: '', version: 1, data: {} }],
    ['a version with a fraction', { op: 'upsert', key: 'k', version: 1.5, data: {} }],
    ['a version beyond exact numbers', { op: 'upsert', key: 'k', version: 2 ** 53, data: {} }],
    ['an upsert without data', { op: 'upsert', key: 'k', version: 1, data: null }],
  ])('is refused with a reason: %s', (_, record) => {
    expect(asRow(record)).toEqual({ reason: expect.any(String) as string });
  });
});

describe('latest of each key', () => {
  it('keeps the highest version of a key, wherever it stands', () => {
    const rows = [
      { key: 'a', version: 2 },
      { key: 'b', version: 1 },
      { key: 'a', version: 3 },
      { key: 'a', version: 1 },
    ];
    expect(latestOfEachKey(rows)).toEqual([
      { key: 'a', version: 3 },
      { key: 'b', version: 1 },
    ]);
  });
});
