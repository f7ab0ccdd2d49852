import { RecordStream, entryOf, firstAfter, firstSince, tombstoneOf } from './record-stream.js';
import type { Entry } from './record-stream.js';
import { readSlice } from './pages.js';
import { readCursor } from './position-cursor.js';
import { Random } from './random.js';

const id = (index: number) => `con_${String(index).padStart(8, '0')}`;
const entry = (index: number, at: number): Entry => entryOf({ id: id(index), created_at: '', updated_at: new Date(at).toISOString(), deleted: false });

function sortedNaively(entries: Iterable<Entry>): string[] {
  return [...entries].sort((a, b) => a.at - b.at || a.id.localeCompare(b.id)).map((one) => `${one.at}/${one.id}`);
}

describe('RecordStream', () => {
  it('stays sorted and complete under any sequence of changes', () => {
    const random = new Random('stream');
    const stream = new RecordStream();
    const model = new Map<string, Entry>();
    stream.addAll(Array.from({ length: 300 }, (_, index) => entry(index, random.int(0, 50))));
    for (const one of stream.all) model.set(one.id, one);
    for (let step = 0; step < 2000; step += 1) {
      const index = random.int(0, 400);
      const at = random.int(0, 90);
      const change = random.chance(0.3) ? tombstoneOf(id(index), at) : entry(index, at);
      stream.put(change);
      model.set(change.id, change);
    }
    expect(stream.all.map((one) => `${one.at}/${one.id}`)).toEqual(sortedNaively(model.values()));
    expect(stream.live.map((one) => `${one.at}/${one.id}`)).toEqual(sortedNaively([...model.values()].filter((one) => !one.deleted)));
    expect(stream.nextTime(10)).toBe((stream.all.at(-1) as Entry).at + 1);
    expect(stream.nextTime(10_000)).toBe(10_000);
  });

  it('finds times inclusively and positions exclusively, ties included', () => {
    const stream = new RecordStream();
    stream.addAll([entry(3, 10), entry(1, 10), entry(2, 10), entry(4, 20)]);
    expect(firstSince(stream.all, 10)).toBe(0);
    expect(firstSince(stream.all, 11)).toBe(3);
    expect(firstSince(stream.all, 21)).toBe(4);
    expect(firstAfter(stream.all, { at: 10, id: id(2) })).toBe(2);
    expect(firstAfter(stream.all, { at: 10, id: id(3) })).toBe(3);
    expect(firstAfter(stream.all, { at: 5, id: id(9) })).toBe(0);
  });

  it('reads on behind a position whose record has moved', () => {
    const stream = new RecordStream();
    stream.addAll([1, 2, 3, 4, 5].map((index) => entry(index, index)));
    const page = readSlice(stream, { withDeleted: false }, 2);
    stream.put(entry(2, 100)); // the record the cursor stands on is changed, so it moves to the end
    stream.put(tombstoneOf(id(4), 101));
    const rest = readSlice(stream, { cursor: readCursor(page.next as string, 'cursor'), withDeleted: false }, 10);
    expect(rest.entries.map((one) => one.id)).toEqual([id(3), id(5), id(2)]);
    expect(rest.next).toBeNull();
  });
});
