import { parseJson } from './lossless-json.js';

describe('parsing JSON without losing digits', () => {
  it.each<[string, unknown]>([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['-9007199254740993', '-9007199254740993'],
    ['[1,12345678901234567890,-12345678901234567890 ,3]', [1, '12345678901234567890', '-12345678901234567890', 3]],
    ['{"12345678901234567":12345678901234567}', { '12345678901234567': '12345678901234567' }],
    ['{"a":"id 12345678901234567, and: 12345678901234567","b":1}', { a: 'id 12345678901234567, and: 12345678901234567', b: 1 }],
    ['{"a":"quote \\" 12345678901234567","b":12345678901234567}', { a: 'quote " 12345678901234567', b: '12345678901234567' }],
    ['{"a":"end \\\\","b":12345678901234567,"c":"\\\\\\""}', { a: 'end \\', b: '12345678901234567', c: '\\"' }],
    ['[0.12345678901234567,1.2345678901234567e3,12345678901234567.5,12345678901234567e2,1e400]', [0.12345678901234567, 1234.5678901234567, 12345678901234567.5, 12345678901234567e2, Infinity]],
    ['[1000000000000000,"1000000000000000"]', [1000000000000000, '1000000000000000']],
  ])('%s', (json, expected) => {
    expect(parseJson(json)).toEqual(expected);
  });

  it('gives the same as JSON.parse for everything else', () => {
    const value = { text: 'Ünïcödé \u2028 "quoted" \\ \n', list: [1, -2.5, 1e21, true, null, {}], digits: '1234567890123456789', nested: { a: [[[]]] } };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
    expect(parseJson(JSON.stringify(value, null, 2))).toEqual(value);
  });

  it.each(['', '{', '{"a":12345678901234567', '{"a":"12345678901234567', '[12345678901234567,]', 'NaN', '\\', '"\\'])('refuses %j like JSON.parse', (json) => {
    expect(() => parseJson(json)).toThrow(SyntaxError);
  });

  it('walks over large pages of long strings without trouble', () => {
    const page = `{"text":"${'x\\"'.repeat(500_000)}","id":12345678901234567}`;
    expect((parseJson(page) as { id: string }).id).toBe('12345678901234567');
  });
});

describe('finding long integers', () => {
  const big = '12345678901234567';

  it('finds them at every place of a page', () => {
    for (let shift = 0; shift < 40; shift += 1) {
      const json = `{"pad":"${'x'.repeat(shift)}","id":${big},"list":[${big},${'7'.repeat(16 + shift)}],"last":-${big}}`;
      expect(parseJson(json)).toEqual({ pad: 'x'.repeat(shift), id: big, list: [big, shift === 0 ? 7777777777777777 : '7'.repeat(16 + shift)], last: `-${big}` });
    }
  });

  it.each([
    `["",":${big},b"]`,
    `{"a":":${big},"}`,
    `["x\\":${big},",${big}]`,
    `{"x\\\\":${big},"y":"z\\\\\\":${big} "}`,
    `[ ": ${big} ]", {"ключ": ${big}, "" : ${big}} ]`,
    `{"a\\"" : ${big} , "b":"[${big}]"}`,
  ])('tells numbers from strings that look like them: %s', (json) => {
    const digitsAsText = JSON.parse(json.replace(/("(?:[^"\\]|\\.)*")|(?<![\d"])(\d{17})/g, (_, text?: string, digits?: string) => text ?? `"${digits}"`)) as unknown;
    expect(parseJson(json)).toEqual(digitsAsText);
  });
});
