import type { FileStream } from '@trunkline/catalog';
import { ProviderError } from '../../provider-error.js';
import type { ReadEnvironment } from '../http-reader.js';
import { persist } from '../persist.js';
import type { ReadPage } from '../read-page.js';
import { readRecords } from '../read-records.js';
import { textOf } from '../server.js';
import { withFields } from '../shape-record.js';
import type { Shaped } from '../shape-record.js';
import type { FileState } from '../stream-state.js';
import { fitsGlob, isPlainName } from './file-name.js';
import { FileWindow } from './file-window.js';
import { cellsOf, parseRows } from './parse-rows.js';
import type { FileFormat } from './parse-rows.js';
import { openFiles } from './sftp-files.js';
import type { RemoteFile, RemoteFiles } from './sftp-files.js';
import { maxRowBytes, splitRows } from './split-rows.js';
import type { RowFormat } from './split-rows.js';

const defaultTimeoutMs = 60_000;
/** Bytes of a page; a row that goes beyond is read whole. */
const pageBytes = 4 * 1024 * 1024;
/** How long a page gathers small files. */
const pageMs = 1_000;
/** What is asked for first; more where it holds too few rows. */
const firstBytes = 256 * 1024;
/** Names of one second that are remembered, in characters: keeps the state small. What falls out is read again, which changes nothing. */
const mostTies = 24_000;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

function formatOf({ bound }: ReadEnvironment, stream: FileStream): FileFormat {
  const text = (name: string, template: FileStream['format'], fallback: string, allowed: (value: string) => boolean): string => {
    const value = textOf(template, bound) ?? fallback;
    if (!allowed(value)) throw new ProviderError('rejected', `${bound.connector.name}: "${name}" cannot be "${value.slice(0, 20)}"`);
    return value;
  };
  const kind = text('format', stream.format, 'csv', (value) => value === 'csv' || value === 'json_lines') as FileFormat['kind'];
  const named = text('delimiter', stream.csv.delimiter, ',', (value) => value === 'tab' || value === '\\t' || /^[\t\x20-\x7e]$/.test(value));
  const delimiter = named === 'tab' || named === '\\t' ? '\t' : named;
  const quote = text('quote', stream.csv.quote, '"', (value) => /^[\x21-\x7e]$/.test(value) && value !== delimiter);
  const encoding = text('encoding', stream.csv.encoding, 'utf-8', (value) => /^(?:utf-?8|latin-?1|iso-8859-1)$/i.test(value));
  return { kind, header: stream.csv.header, delimiter, quote, encoding: /^utf/i.test(encoding) ? 'utf8' : 'latin1' };
}

const isBehind = (file: { mtime: number; name: string }, last: { mtime: number; name: string }): boolean => file.mtime > last.mtime || (file.mtime === last.mtime && file.name > last.name);

/**
 * The files this pass still has to read, oldest first. `withTies`: also those of the very second of the last one that were not there then, or had
 * another size. Where more were read than can be remembered that is only so at the beginning of a pass: inside of one it would never end.
 */
export function filesLeft(files: readonly RemoteFile[], state: Pick<FileState, 'last' | 'ties' | 'file'>, withTies: boolean): RemoteFile[] {
  const { last, ties, file } = state;
  const known = new Map(ties.map(({ name, size }) => [name, size]));
  return files
    .filter((one) => {
      if (last === null || one.name === file?.name || isBehind(one, last)) return true;
      return withTies && one.mtime === last.mtime && known.get(one.name) !== one.size;
    })
    .sort((left, right) => left.mtime - right.mtime || (left.name < right.name ? -1 : 1));
}

function bounded(ties: readonly { name: string; size: number }[]): { name: string; size: number }[] {
  let room = mostTies;
  let from = ties.length;
  while (from > 0 && (room -= ties[from - 1]!.name.length + 30) >= 0) from -= 1;
  return ties.slice(from);
}

/** The state behind a file that was read whole. */
function behind(state: FileState, { name, mtime, size }: RemoteFile): FileState {
  const { last } = state;
  const sameSecond = last !== null && last.mtime === mtime;
  const all = [...(sameSecond ? state.ties.filter((tie) => tie.name !== name) : last !== null && last.mtime > mtime ? state.ties : []), ...(last !== null && last.mtime > mtime ? [] : [{ name, size }])];
  const ties = bounded(all);
  const place = { mtime, name };
  return { ...state, file: null, ties, cut: (sameSecond && state.cut) || ties.length < all.length, last: last === null || isBehind(place, last) ? place : last };
}

interface Header {
  /** Null: the file has none. */
  readonly names: string[] | null;
  /** Where the rows begin. */
  readonly end: number;
}

interface Reading {
  readonly files: RemoteFiles;
  readonly left: RemoteFile[];
  /** The file that is being read. */
  current: { readonly path: string; readonly window: FileWindow; readonly header: Header } | null;
}

/** Reads the files of a directory, row by row, oldest first; the session lasts as long as the reading. */
export async function* readFiles(environment: ReadEnvironment, stream: FileStream, kept: FileState | null): AsyncGenerator<ReadPage, void, void> {
  const { egress, bound, signal, timeoutMs = defaultTimeoutMs, credential, limits } = environment;
  const { values } = bound;
  const format = formatOf(environment, stream);
  const rowFormat: RowFormat = { csv: format.kind === 'csv' ? { delimiter: format.delimiter.charCodeAt(0), quote: format.quote.charCodeAt(0) } : null };
  const directory = (textOf(stream.directory, bound) ?? '.').replace(/\/+$/, '') || '/';
  const pattern = textOf(stream.filePattern, bound) ?? '*';
  const limit = Math.max(1, Math.min(stream.pageSize, Math.floor(environment.pageSize ?? stream.pageSize)));
  const isNewPass = kept === null || kept.done;
  let state: FileState = kept === null ? { v: 2, protocol: 'sftp', done: false, last: null, ties: [], cut: false, file: null, pages: 0, clean: true } : isNewPass ? { ...kept, done: false, pages: 0, clean: true } : kept;
  let reading: Reading | null = null;
  const close = (): void => {
    reading?.files.close();
    reading = null;
  };
  signal.addEventListener('abort', close, { once: true });

  const open = async (): Promise<Reading> => {
    if (reading !== null) return reading;
    const files = await openFiles(egress, bound, await credential(), timeoutMs);
    try {
      const settled = Date.now() / 1_000 - stream.settleSeconds;
      const found = (await files.list(directory)).filter(({ name, mtime }) => isPlainName(name) && fitsGlob(pattern, name) && (stream.settleSeconds === 0 || mtime <= settled));
      reading = { files, current: null, left: filesLeft(found, state, (isNewPass && state.pages === 0) || !state.cut) };
      return reading;
    } catch (error) {
      files.close();
      throw error;
    }
  };

  /** The next rows, `limit` at most or what a page may hold, and whether the file ends with them. */
  const rowsFrom = async (window: FileWindow, offset: number, most: number) => {
    for (let wanted = firstBytes; ; wanted = Math.min(wanted * 4, pageBytes + maxRowBytes)) {
      const { bytes, isEnd } = await window.from(offset, wanted);
      const { rows, used } = splitRows(bytes, rowFormat, most, isEnd);
      if (rows.length === most || isEnd || bytes.length >= pageBytes + maxRowBytes) return { bytes, rows, used, over: isEnd && used >= bytes.length };
    }
  };

  const headerOf = async (window: FileWindow): Promise<Header> => {
    const { bytes } = await window.from(0, byteOrderMark.length);
    const start = format.encoding === 'utf8' && bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
    if (!format.header || format.kind !== 'csv') return { names: null, end: start };
    const { bytes: text, rows, used } = await rowsFrom(window, start, 1);
    const [first] = rows;
    if (first === undefined) return { names: [], end: start };
    const names = cellsOf(text.subarray(first.start, first.end).toString(format.encoding), format);
    if (names === null || names.length > 1_024) throw new ProviderError('malformed', 'the first row of a file is no header');
    return { names, end: start + used };
  };

  const begin = async (files: RemoteFiles, path: string): Promise<NonNullable<Reading['current']>> => {
    const window = new FileWindow(files, path);
    return { path, window, header: await headerOf(window) };
  };

  /** The next rows of the file that is to be read now, `most` at most. */
  const readPart = async (from: FileState, most: number): Promise<{ shaped: Shaped[]; rows: number; bytes: number; next: FileState }> => {
    const now = await open();
    const [file] = now.left;
    if (file === undefined) return { shaped: [], rows: 0, bytes: 0, next: { ...from, file: null, done: true } };
    const path = `${directory === '/' ? '' : directory}/${file.name}`;
    if (now.current?.path !== path) now.current = await begin(now.files, path);
    const { window, header } = now.current;
    // Another time or size: it is another file by now, and is read from its beginning.
    const same = from.file !== null && from.file.name === file.name && from.file.mtime === file.mtime && from.file.size === file.size;
    const { offset, row } = same ? from.file! : { offset: header.end, row: 0 };
    const { bytes, rows, used, over } = await rowsFrom(window, offset, most);
    const shaped: Shaped[] = [];
    parseRows(bytes, rows, format, header.names).forEach((one, index) => {
      if (one === null) return;
      shaped.push('reason' in one || typeof one.value !== 'object' || one.value === null || Array.isArray(one.value) ? one : { value: withFields({ ...one.value, _file: file.name, _row: row + index + 1 }, stream.addFields, values) });
    });
    if (over) now.left.shift();
    const next = over ? { ...behind(from, file), done: now.left.length === 0 } : { ...from, file: { ...file, offset: offset + used, row: row + rows.length } };
    return { shaped, rows: rows.length, bytes: used, next };
  };

  /** Small files come several in a page: each page is a checkpoint. */
  const readPage = async (): Promise<ReadPage<FileState>> => {
    const begun = performance.now();
    const shaped: Shaped[] = [];
    let [next, rows, bytes] = [state, 0, 0];
    do {
      const part = await readPart(next, limit - rows).catch((error: unknown) => {
        // What came before is a page; the next one begins with the trouble.
        if (shaped.length === 0 || signal.aborted) throw error;
        close();
        return null;
      });
      if (part === null) break;
      shaped.push(...part.shaped);
      next = part.next;
      rows += part.rows;
      bytes += part.bytes;
    } while (!next.done && rows < limit && bytes < pageBytes && performance.now() - begun < pageMs);
    const { dated, quarantined } = readRecords(shaped, stream);
    if (state.pages + 1 > limits.maxPages) throw new ProviderError('looping', `the stream ${stream.name} has more than ${limits.maxPages} pages`);
    const clean = next.clean && quarantined.length === 0;
    return { records: dated.map(({ record }) => record), quarantined, bytes, done: next.done, full: false, complete: false, state: { ...next, clean, pages: state.pages + 1 } };
  };

  try {
    do {
      const next = await persist(async () => {
        try {
          return await readPage();
        } catch (error) {
          close();
          signal.throwIfAborted();
          throw error;
        }
      }, signal);
      state = next.state;
      yield next;
    } while (!state.done);
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}
