import { chooseFields } from './choose-fields.js';

const stream = { name: 'contacts', primaryKey: [['account', 'id'], ['id']], deletedWhen: { path: ['archived'], equals: true }, incremental: { cursorField: ['meta', 'changed'] } } as never;
const page = (data: Record<string, unknown> | null, state: object = {}) => ({ records: [{ op: data === null ? ('delete' as const) : ('upsert' as const), key: '1', data }], state: state as never });

describe('the members of a record that are chosen', () => {
  const data = { account: { id: 7, secret: 'x' }, id: 1, archived: false, meta: { changed: 3 }, name: 'Ada', phone: '123' };

  it('are kept, with what names and places it; the others are not there', () => {
    const { records } = chooseFields(page(data), stream, ['name', 'nothing']);
    expect(records).toEqual([{ op: 'upsert', key: '1', data: { account: { id: 7, secret: 'x' }, id: 1, archived: false, meta: { changed: 3 }, name: 'Ada' } }]);
    expect(data).toHaveProperty('phone');
  });

  it('are all of them without a choice', () => {
    const whole = page(data);
    expect(chooseFields(whole, stream, null)).toBe(whole);
  });

  it('come with the key columns of a table, and with the place of a row in its file', () => {
    expect(chooseFields(page({ pk: 1, a: 2, b: 3 }, { columns: ['pk'] }), undefined, ['b']).records[0]!.data).toEqual({ pk: 1, b: 3 });
    expect(chooseFields(page({ _file: 'f', _row: 1, a: 2, b: 3 }, { file: null }), undefined, ['a']).records[0]!.data).toEqual({ _file: 'f', _row: 1, a: 2 });
  });

  it('may have any name', () => {
    const odd = JSON.parse('{"__proto__":{"x":1},"id":1,"constructor":2}') as Record<string, unknown>;
    const [record] = chooseFields(page(odd), undefined, ['__proto__', 'hasOwnProperty', 'toString']).records;
    expect(Object.keys(record!.data!)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('do not make a deletion anything else', () => {
    expect(chooseFields(page(null), stream, ['name']).records[0]!.data).toBeNull();
  });
});
