import { mkdir, open, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * An append-only file of JSON lines. `append` resolves once the line is on disk (write, then fdatasync); lines that arrive while
 * a flush is under way share the next one (group commit), so the price of durability does not grow with the load.
 */
export class Journal {
  readonly #file: FileHandle;
  #pending: { line: string; resolve: () => void; reject: (cause: unknown) => void }[] = [];
  #flushing: Promise<void> | null = null;
  #failure: Error | null = null;
  #closed = false;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens (or creates, mode 0600) the journal for appending. */
  static async open(path: string): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true });
    return new Journal(await open(path, 'a', 0o600));
  }

  append(entry: unknown): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#closed) return Promise.reject(new Error('The sandbox is closed: nothing can be written any more.'));
    return new Promise((resolve, reject) => {
      this.#pending.push({ line: `${JSON.stringify(entry)}\n`, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Waits for what was appended before, then closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#flushing;
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      try {
        if (this.#failure) throw this.#failure;
        await this.#file.appendFile(batch.map((entry) => entry.line).join(''));
        await this.#file.datasync();
        for (const entry of batch) entry.resolve();
      } catch (cause) {
        // After a failed write or fsync nobody knows what is on disk, so nothing after it may be called durable.
        this.#failure ??= new Error('The sandbox cannot write its journal any more; check the disk and restart it.', { cause });
        for (const entry of batch) entry.reject(this.#failure);
      }
    }
    this.#flushing = null;
  }
}

/**
 * Reads a journal line by line. A last line that is not JSON was torn by a crash before anybody was told it was stored, and is
 * left out; a broken line anywhere else is damage and is an error.
 */
export async function readJournal(path: string, onEntry: (entry: unknown) => void): Promise<void> {
  let stream;
  try {
    stream = (await open(path, 'r')).createReadStream({ encoding: 'utf8' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw cause;
  }
  let number = 0;
  let broken: { number: number; cause: unknown } | null = null;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      number += 1;
      if (broken) {
        throw new Error(`Line ${broken.number} of ${path} is damaged. Restore the file, or delete it to start with fresh data.`, { cause: broken.cause });
      }
      try {
        onEntry(JSON.parse(line));
      } catch (cause) {
        broken = { number, cause };
      }
    }
  } finally {
    stream.destroy();
  }
}

/** Replaces a journal by a shorter one with the same meaning: a crash leaves either the old file or the new one, never a mixture. */
export async function rewriteJournal(path: string, entries: Iterable<unknown>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    let block = '';
    for (const entry of entries) {
      block += `${JSON.stringify(entry)}\n`;
      if (block.length > 1 << 20) {
        await file.appendFile(block);
        block = '';
      }
    }
    await file.appendFile(block);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  // The rename itself is durable only once the directory is (POSIX).
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
