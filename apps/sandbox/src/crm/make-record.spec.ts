import { indexOfId, makeRecord, recordId, seededChangeTime } from './make-record.js';
import type { Recipe } from './make-record.js';
import { STREAMS } from '../options.js';

const recipe: Recipe = { seed: 42, account: 'acc_1', counts: { contacts: 3000, companies: 800, deals: 1200, activities: 2000 }, recordBytes: 0 };
const make = (from: Recipe, stream: (typeof STREAMS)[number], index: number) => makeRecord(from, stream, index, seededChangeTime(from, stream, index));

describe('records', () => {
  it('are the same for the same seed, account and index, whatever the number of others', () => {
    expect(make(recipe, 'deals', 7)).toEqual(make(recipe, 'deals', 7));
    expect(JSON.stringify(make(recipe, 'contacts', 0))).toBe(JSON.stringify(make({ ...recipe }, 'contacts', 0)));
    for (const other of [{ ...recipe, seed: 43 }, { ...recipe, account: 'acc_2' }]) {
      expect(make(other, 'contacts', 0)).not.toEqual(make(recipe, 'contacts', 0));
    }
    expect(make(recipe, 'contacts', 1)).not.toEqual(make(recipe, 'contacts', 0));
  });

  it('have 6 to 14 fields of their own, some nested, some not ASCII, some with integers beyond 2^53 as text', () => {
    for (const stream of STREAMS) {
      const records = Array.from({ length: 200 }, (_, index) => make(recipe, stream, index));
      const own = Object.keys(records[0] as object).length - 5;
      expect(own).toBeGreaterThanOrEqual(6);
      expect(own).toBeLessThanOrEqual(14);
      expect(Object.values(records[0] as object).some((value) => typeof value === 'object' && value !== null)).toBe(true);
      expect(records.some((record) => /[^\u0000-\u007f]/.test(JSON.stringify(record)))).toBe(true);
      const big = Object.values(records[0] as object).find((value) => typeof value === 'string' && /^\d{18}$/.test(value)) as string;
      expect(String(Number(big))).not.toBe(big);
    }
  });

  it('of contacts have about 400 to 600 bytes', () => {
    const sizes = Array.from({ length: 3000 }, (_, index) => Buffer.byteLength(JSON.stringify(make(recipe, 'contacts', index))));
    expect(Math.min(...sizes)).toBeGreaterThan(380);
    expect(Math.max(...sizes)).toBeLessThan(640);
  });

  it('can be made larger', () => {
    for (const stream of STREAMS) {
      expect(Buffer.byteLength(JSON.stringify(make({ ...recipe, recordBytes: 2048 }, stream, 3)))).toBe(2048);
    }
  });

  it('share timestamps in uneven runs, and all lie in the past', () => {
    const times = Array.from({ length: 1300 }, (_, index) => seededChangeTime(recipe, 'contacts', index));
    const runs = new Map<number, number>();
    for (const time of times) runs.set(time, (runs.get(time) ?? 0) + 1);
    expect(Math.max(...runs.values())).toBeGreaterThanOrEqual(7);
    expect([...runs.values()].filter((size) => size === 1).length).toBeGreaterThan(50);
    expect(Math.max(...times)).toBeLessThan(Date.UTC(2025, 6, 1));
  });

  it('have ids whose text order is their number order, told apart by stream', () => {
    expect(recordId('contacts', 99) < recordId('contacts', 100)).toBe(true);
    expect(indexOfId('contacts', recordId('contacts', 123))).toBe(123);
    expect(indexOfId('deals', recordId('contacts', 123))).toBeNull();
    expect(indexOfId('contacts', 'con_x')).toBeNull();
  });
});
