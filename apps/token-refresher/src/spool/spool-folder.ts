import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const ending = '.token';
const isEntry = (file: string): boolean => file.endsWith(ending) && !file.startsWith('.');
const isMissing = (error: unknown): boolean => (error as Partial<NodeJS.ErrnoException> | null)?.code === 'ENOENT';

/** A folder in which a file is either whole and on disk, or not there. Several processes may share it. */
export class SpoolFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Returns when the file would survive a power cut. Done twice, the later content stays. */
  async write(name: string, content: string): Promise<void> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
    const temporary = join(this.#path, `.${name}.${process.pid}.writing`);
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(content, 'utf8');
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, join(this.#path, name + ending));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    await this.#syncFolder();
  }

  /** Names of the entries; none if there is no folder yet. */
  async names(): Promise<string[]> {
    try {
      const files = await readdir(this.#path);
      return files.filter(isEntry).map((file) => file.slice(0, -ending.length));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** @returns undefined if another process was quicker */
  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#path, name + ending), 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#path, name + ending), { force: true });
    await this.#syncFolder();
  }

  /** Out of the way, but kept for a person to look at. */
  async setAside(name: string): Promise<void> {
    try {
      await rename(join(this.#path, name + ending), join(this.#path, `${name}.set-aside`));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** A name is on disk only when its folder is. */
  async #syncFolder(): Promise<void> {
    const folder = await open(this.#path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
