/** How a file is split into rows. */
export interface RowFormat {
  /** Null: a line is a row, whatever is in it. */
  readonly csv: { readonly delimiter: number; readonly quote: number } | null;
}

/** A row in the bytes read so far; `end` is behind its line break. */
export interface RowBytes {
  readonly start: number;
  readonly end: number;
}

/** Longer rows are no rows but a quote that was never closed, or another kind of file. */
export const maxRowBytes = 1024 * 1024;

const lineFeed = 0x0a;

/**
 * The end of the row that begins at a place: behind its line break, or -1 where the bytes end before. In CSV a line break inside of quotes
 * belongs to the value, and a quote opens only at a value's beginning (RFC 4180): `5" pipe` holds none. Bytes can be looked at one by one, for
 * in UTF-8 and Latin-1 none of these is part of another character.
 */
export function rowEnd(bytes: Buffer, from: number, { csv }: RowFormat): number {
  if (csv === null) {
    const found = bytes.indexOf(lineFeed, from);
    return found === -1 ? -1 : found + 1;
  }
  let atBeginning = true;
  let quoted = false;
  for (let place = from; place < bytes.length; place += 1) {
    const byte = bytes[place];
    if (quoted) {
      if (byte !== csv.quote) continue;
      if (bytes[place + 1] === csv.quote) place += 1;
      else quoted = false;
    } else if (byte === csv.quote && atBeginning) {
      quoted = true;
      atBeginning = false;
    } else if (byte === lineFeed) {
      return place + 1;
    } else {
      atBeginning = byte === csv.delimiter;
    }
  }
  return -1;
}

/** The rows in some bytes, `limit` at most, and up to where they go. At the file's end what is left is the last row. */
export function splitRows(bytes: Buffer, format: RowFormat, limit: number, isEnd: boolean): { rows: RowBytes[]; used: number } {
  const rows: RowBytes[] = [];
  let start = 0;
  while (rows.length < limit && start < bytes.length) {
    let end = rowEnd(bytes, start, format);
    if (end === -1 || end - start > maxRowBytes) {
      if (end === -1 && !isEnd && bytes.length - start <= maxRowBytes) break;
      // A quote is open to the end: the line it opened in is the broken row, what follows gets another chance.
      const line = bytes.indexOf(lineFeed, start);
      end = line === -1 ? bytes.length : line + 1;
    }
    rows.push({ start, end });
    start = end;
  }
  return { rows, used: start };
}
