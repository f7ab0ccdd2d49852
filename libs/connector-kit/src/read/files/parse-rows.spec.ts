import { parseRows, type FileFormat } from './parse-rows.js';
import { splitRows } from './split-rows.js';

const csv: FileFormat = { kind: 'csv', header: true, delimiter: ',', quote: '"', encoding: 'utf8' };
const parsed = (text: string, format: FileFormat = csv, header: string[] | null = ['a', 'b']) => {
  const bytes = Buffer.from(text, format.encoding);
  const { rows } = splitRows(bytes, { csv: format.kind === 'csv' ? { delimiter: format.delimiter.charCodeAt(0), quote: format.quote.charCodeAt(0) } : null }, 1_000, true);
  return parseRows(bytes, rows, format, header);
};

describe('rows of a file', () => {
  const good = ['1,x', '"2","line\nbreak, ""quoted"""', '3,5" pipe', '', '4,é 🎈', '5', '6,'];
  const values = [{ a: '1', b: 'x' }, { a: '2', b: 'line\nbreak, "quoted"' }, { a: '3', b: '5" pipe' }, null, { a: '4', b: 'é 🎈' }, { a: '5' }, { a: '6', b: '' }];

  it.each(['\n', '\r\n'])('are the same together and one by one, with line ends %j', (end) => {
    const together = parsed(`${good.join(end)}${end}`);
    expect(together.map((one) => one && 'value' in one && one.value)).toEqual(values);
    expect(good.flatMap((row) => parsed(`${row}${end}`))).toEqual(together);
  });

  it('that are broken do not break the others, wherever they are', () => {
    for (let place = 0; place <= good.length; place += 1) {
      const rows = good.toSpliced(place, 0, 'too,many,values');
      const outcome = parsed(`${rows.join('\n')}\n`);
      expect(outcome[place]).toEqual({ reason: 'has 3 values for 2 columns' });
      expect(outcome.toSpliced(place, 1)).toEqual(parsed(`${good.join('\n')}\n`));
    }
    const open = parsed(`${good.join('\n')}\n7,"never closed\n8,y\n`);
    expect(open.slice(0, good.length)).toEqual(parsed(`${good.join('\n')}\n`));
    expect(open.slice(good.length)).toEqual([{ reason: expect.stringContaining('not a row of CSV') as string }, { value: { a: '8', b: 'y' } }]);
  });

  it('may have other quotes and delimiters', () => {
    const format = { ...csv, quote: "'", delimiter: ';' };
    const rows = ["1;'it''s, \"so\"'", "2;'a;b'", '3;"'];
    expect(parsed(rows.join('\n'), format)).toEqual([{ value: { a: '1', b: 'it\'s, "so"' } }, { value: { a: '2', b: 'a;b' } }, { value: { a: '3', b: '"' } }]);
    expect(rows.flatMap((row) => parsed(row, format))).toEqual(parsed(rows.join('\n'), format));
  });

  it('may be in Latin-1, or JSON lines', () => {
    expect(parsed('1,é\n2,ü\n', { ...csv, encoding: 'latin1' })).toEqual([{ value: { a: '1', b: 'é' } }, { value: { a: '2', b: 'ü' } }]);
    expect(parsed('{"id":9007199254740993}\n\nno\n', { ...csv, kind: 'json_lines' }, null)).toEqual([{ value: { id: '9007199254740993' } }, null, { reason: 'is not JSON' }]);
  });
});
