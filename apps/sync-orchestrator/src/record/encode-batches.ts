import type { ReadRecord } from '@trunkline/connector-kit';
import { maxBatchBytes, recordsPerGeneration, recordVersion } from '@trunkline/contracts';

/** What all batches of a slice have in common. */
export interface BatchHead {
  readonly projectId: string;
  readonly connectionId: string;
  readonly connector: string;
  readonly runId: string;
  readonly stream: string;
  readonly generation: number;
}

/** Where numbering stands within the generation. */
export interface Numbering {
  /** Records numbered so far. */
  readonly place: number;
  /** Number of the newest batch. */
  readonly sequence: number;
}

export interface EncodedBatch {
  readonly sequence: number;
  /** How many of the page's records stand in batches before it. */
  readonly first: number;
  /** The JSON text of a `recordBatch`, UTF-8. */
  readonly body: Uint8Array;
}

export interface EncodedPage {
  readonly batches: readonly EncodedBatch[];
  readonly upserted: number;
  readonly deleted: number;
  /** Records no batch can carry, by their place in the page. */
  readonly refused: readonly { readonly position: number; readonly reason: string }[];
  readonly next: Numbering;
}

/** A generation has room for this page. A worker that runs out of numbers takes the stream anew. */
export const hasRoom = ({ place }: Numbering, records: number): boolean => place + records <= recordsPerGeneration;

const comma = 0x2c;
const closing = Buffer.from(']}');
/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const bytesPerUnit = 3;

/** Where a batch is put together. Encoding waits for nothing, so one is enough for the process. */
const workbench = Buffer.allocUnsafe(maxBatchBytes);

/**
 * Numbers the records of a page and packs them into batches of at most `limit` bytes each (and never more than the contract allows), in
 * order. Written as bytes right away: a batch as an object would be walked twice, once to measure and once to write it, and joining
 * texts first costs half as much again.
 */
export function encodeBatches(head: BatchHead, records: readonly ReadRecord[], from: Numbering, limit: number = maxBatchBytes): EncodedPage {
  const start = JSON.stringify(head).slice(0, -1);
  // `,"sequence":` and sixteen digits and `,"records":[`.
  const openingBytes = Buffer.byteLength(start) + 40;
  const end = Math.min(limit, maxBatchBytes) - closing.length;
  const batches: EncodedBatch[] = [];
  const refused: { position: number; reason: string }[] = [];
  let { place, sequence } = from;
  let deleted = 0;
  /** Bytes of the batch on the workbench; 0: none is begun. */
  let filled = 0;
  let first = 0;

  const fits = (text: string, at: number) => at + text.length * bytesPerUnit <= end || at + Buffer.byteLength(text) <= end;
  const close = () => {
    if (filled === 0) return;
    filled += closing.copy(workbench, filled);
    sequence += 1;
    batches.push({ sequence, first, body: Buffer.from(workbench.subarray(0, filled)) });
    filled = 0;
  };

  for (const [position, record] of records.entries()) {
    const text = encodeRecord(record, recordVersion(head.generation, place));
    if (text === null || !fits(text, openingBytes)) {
      refused.push({ position, reason: text === null ? 'it is nested too deep' : `it is larger than a batch may be (${limit} bytes)` });
      continue;
    }
    if (filled > 0 && !fits(text, filled + 1)) close();
    if (filled === 0) {
      first = place - from.place;
      filled = workbench.write(`${start},"sequence":${sequence + 1},"records":[`);
    } else workbench[filled++] = comma;
    filled += workbench.write(text, filled);
    place += 1;
    if (record.op === 'delete') deleted += 1;
  }
  close();
  return { batches, upserted: place - from.place - deleted, deleted, refused, next: { place, sequence } };
}

/** The place in the page of a record of one of its batches: those that no batch carries were passed over. */
export function positionOf({ refused }: Pick<EncodedPage, 'refused'>, { first }: Pick<EncodedBatch, 'first'>, index: number): number {
  return refused.reduce((position, before) => (before.position <= position ? position + 1 : position), first + index);
}

function encodeRecord({ op, key, data }: ReadRecord, version: number): string | null {
  try {
    return `{"op":"${op}","key":${JSON.stringify(key)},"version":${version},"data":${op === 'delete' ? 'null' : JSON.stringify(data)}}`;
  } catch (error) {
    // The end of the stack, some thousand levels down: a provider may nest as deep as it likes.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
