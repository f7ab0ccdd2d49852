import type { RemoteFiles } from './sftp-files.js';

/** What was read of one file ahead of its rows: no byte is asked for twice, however many pages it is cut into. */
export class FileWindow {
  readonly #files: RemoteFiles;
  readonly #path: string;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(files: RemoteFiles, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** The bytes from a place on, at least as many as wanted. Fewer, and `isEnd`, where the file ends before. */
  async from(offset: number, wanted: number): Promise<{ bytes: Buffer; isEnd: boolean }> {
    const known = offset - this.#start;
    if (known < 0 || known > this.#bytes.length) {
      this.#bytes = Buffer.alloc(0);
      this.#ended = false;
    } else this.#bytes = this.#bytes.subarray(known);
    this.#start = offset;
    const missing = wanted - this.#bytes.length;
    if (missing > 0 && !this.#ended) {
      const more = await this.#files.read(this.#path, offset + this.#bytes.length, missing);
      this.#bytes = Buffer.concat([this.#bytes, more]);
      this.#ended = more.length < missing;
    }
    return { bytes: this.#bytes, isEnd: this.#ended };
  }
}
