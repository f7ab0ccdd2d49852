import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '@trunkline/service';

/** A place in a list that is sorted by time of creation, then id: equal times do not matter. */
export interface Position {
  /** As PostgreSQL writes it: a Date would lose its microseconds. */
  readonly at: string;
  readonly id: string;
}
export interface Cursor {
  readonly direction: 'next' | 'previous';
  readonly from: Position;
}

const signatureBytes = 16;

/** What a cursor is good for: the list, its tenant and its filters. Members that are undefined do not matter. Pure. */
export type Binding = Readonly<Record<string, unknown>>;

function signature(key: Uint8Array, payload: string, binding: Binding): Buffer {
  return createHmac('sha256', key).update(`${payload}\n${JSON.stringify(Object.entries(binding).filter(([, value]) => value !== undefined).sort())}`).digest().subarray(0, signatureBytes);
}

export function writeCursor(key: Uint8Array, { direction, from }: Cursor, binding: Binding): string {
  const payload = Buffer.from(JSON.stringify([direction === 'next' ? 0 : 1, from.at, from.id])).toString('base64url');
  return `${payload}.${signature(key, payload, binding).toString('base64url')}`;
}

/** @throws AppError VALIDATION for anything that was not written here for just this list, tenant and filters */
export function readCursor(key: Uint8Array, text: string, binding: Binding): Cursor {
  const [payload = '', signed = ''] = text.split('.');
  const given = Buffer.from(signed, 'base64url');
  if (given.length !== signatureBytes || !timingSafeEqual(given, signature(key, payload, binding))) {
    throw new AppError('VALIDATION', 'cursor: is not one of this list, or was made for other filters. Take "next" or "previous" of an answer, with the same filters, or leave it out.', {
      params: { issues: [{ path: 'cursor', message: 'is not valid here' }] },
    });
  }
  const [direction, at, id] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as [number, string, string];
  return { direction: direction === 0 ? 'next' : 'previous', from: { at, id } };
}
