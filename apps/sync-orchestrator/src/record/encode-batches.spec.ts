import type { ReadRecord } from '@trunkline/connector-kit';
import { recordBatch, recordVersion, type RecordBatch } from '@trunkline/contracts';
import { encodeBatches, hasRoom, positionOf, type BatchHead } from './encode-batches.js';

const head: BatchHead = { projectId: 'proj_1', connectionId: 'conn_1', connector: 'sandbox_crm', runId: 'run_1', stream: 'contacts', generation: 3 };
const upsert = (key: string, data: Record<string, unknown> = { id: key }): ReadRecord => ({ op: 'upsert', key, data });
const decode = (body: Uint8Array): RecordBatch => recordBatch.parse(JSON.parse(Buffer.from(body).toString('utf8')));

describe('encoding a page', () => {
  it('numbers records and batches onwards within the generation', () => {
    const first = encodeBatches(head, [upsert('a'), { op: 'delete', key: 'b', data: null }], { place: 0, sequence: 0 });
    const second = encodeBatches(head, [upsert('c')], first.next);
    expect(first).toMatchObject({ upserted: 1, deleted: 1, refused: [], next: { place: 2, sequence: 1 } });
    expect(decode(first.batches[0]!.body)).toEqual({
      ...head,
      sequence: 1,
      records: [
        { op: 'upsert', key: 'a', version: recordVersion(3, 0), data: { id: 'a' } },
        { op: 'delete', key: 'b', version: recordVersion(3, 1), data: null },
      ],
    });
    expect(decode(second.batches[0]!.body)).toMatchObject({ sequence: 2, records: [{ key: 'c', version: recordVersion(3, 2) }] });
  });

  it('makes no batch larger than the limit, counted in bytes, and loses no record', () => {
    const records = Array.from({ length: 50 }, (_, index) => upsert(`k${index}`, { text: '😀é'.repeat(index) }));
    const page = encodeBatches(head, records, { place: 0, sequence: 999_999 }, 1_000);
    expect(page.batches.length).toBeGreaterThan(3);
    for (const { body } of page.batches) expect(body.byteLength).toBeLessThanOrEqual(1_000);
    expect(page.batches.flatMap(({ body }) => decode(body).records.map(({ key }) => key))).toEqual(records.map(({ key }) => key));
    expect(page.batches.map(({ sequence }) => sequence)).toEqual(page.batches.map((_, index) => 1_000_000 + index));
  });

  it('fills batches: one that is just at the limit is still one', () => {
    const one = encodeBatches(head, [upsert('a', { text: 'x' })], { place: 0, sequence: 0 }).batches[0]!.body.byteLength;
    const padded = (bytes: number) => encodeBatches(head, [upsert('a', { text: 'x'.repeat(bytes) })], { place: 0, sequence: 0 }, one + 100);
    expect(padded(60).refused).toEqual([]);
    expect(padded(200).refused).toEqual([{ position: 0, reason: expect.stringContaining('larger than a batch') as string }]);
  });

  it('refuses a record no batch can carry, and the others go through with numbers without a gap', () => {
    let deep: Record<string, unknown> = {};
    for (let level = 0; level < 200_000; level += 1) deep = { deep };
    const page = encodeBatches(head, [upsert('a'), upsert('b', { text: 'x'.repeat(3_000) }), upsert('c', deep), upsert('d')], { place: 0, sequence: 0 }, 2_000);
    expect(page.refused.map(({ position }) => position)).toEqual([1, 2]);
    expect(page).toMatchObject({ upserted: 2, deleted: 0, next: { place: 2, sequence: 1 } });
    expect(decode(page.batches[0]!.body).records.map(({ key, version }) => [key, version])).toEqual([
      ['a', recordVersion(3, 0)],
      ['d', recordVersion(3, 1)],
    ]);
  });

  it('knows which record of the page each record of a batch is', () => {
    const records = Array.from({ length: 30 }, (_, index) => upsert(`k${index}`, { text: 'x'.repeat(index % 7 === 0 ? 3_000 : 200) }));
    const page = encodeBatches(head, records, { place: 40, sequence: 0 }, 1_000);
    expect(page.refused.length).toBe(5);
    expect(page.batches.length).toBeGreaterThan(3);
    for (const batch of page.batches) decode(batch.body).records.forEach(({ key }, index) => expect(records[positionOf(page, batch, index)]!.key).toBe(key));
  });

  it('makes no batch of an empty page', () => {
    expect(encodeBatches(head, [], { place: 5, sequence: 2 })).toEqual({ batches: [], upserted: 0, deleted: 0, refused: [], next: { place: 5, sequence: 2 } });
  });

  it('knows when a generation has no number left', () => {
    expect(hasRoom({ place: 2 ** 26 - 100, sequence: 1 }, 100)).toBe(true);
    expect(hasRoom({ place: 2 ** 26 - 100, sequence: 1 }, 101)).toBe(false);
  });
});
