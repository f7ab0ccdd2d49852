import { badRequest } from '../http/api-error.js';
import type { Position } from './record-stream.js';

/** Where a reader stands, and which view it reads: a cursor keeps showing tombstones even if the parameter is not repeated. */
export interface Cursor extends Position {
  withDeleted: boolean;
}

/** The cursor as clients see it: opaque. It holds a position in the order, not an offset, so changes elsewhere do not move it. */
export function writeCursor({ at, id, withDeleted }: Cursor): string {
  return Buffer.from(`${at}|${withDeleted ? 1 : 0}|${id}`).toString('base64url');
}

export function readCursor(text: string, parameter: string): Cursor {
  const match = /^(\d{1,15})\|([01])\|([a-z]{3}_\d{8,12})$/.exec(Buffer.from(text, 'base64url').toString('utf8'));
  if (!match) throw badRequest(`${parameter}: not a cursor of this API; start again without it`);
  return { at: Number(match[1]), withDeleted: match[2] === '1', id: match[3] as string };
}
