import { isDotSegment } from '@trunkline/catalog';
import type { Credential } from '../../credential.js';
import { ProviderError } from '../../provider-error.js';
import { openFileSession } from '../../read/files/sftp-files.js';
import type { FileSession } from '../../read/files/sftp-files.js';
import { persist } from '../../read/persist.js';
import { named } from '../../read/tables/open-database.js';
import { withBudget } from '../../read/with-budget.js';
import { withCredential } from '../with-credential.js';
import type { TargetOf, Untaken, WriteBatch, WriteEnvironment, Writer } from '../writer.js';
import { encodeFile } from './encode-file.js';
import { makeDirectory, putFile } from './put-file.js';

const defaultTimeoutMs = 60_000;
const endings = { json_lines: 'jsonl', csv: 'csv' } as const;

/** With leading zeros the order of the names is the order of the versions. */
const fileName = ({ generation, sequence }: WriteBatch, ending: string): string => `${String(generation).padStart(10, '0')}-${String(sequence).padStart(8, '0')}.${ending}`;

/** Without a slash at its end. @throws ProviderError `rejected` for one that leads elsewhere than it says */
export function checkedDirectory(directory: string, connectorName: string): string {
  if (/[\0\\\r\n]/.test(directory) || directory.split('/').some((part) => part !== '.' && isDotSegment(part))) throw new ProviderError('rejected', `${connectorName}: the directory must have no ".." in it`);
  return directory.replace(/\/+$/, '');
}

/** A file for each batch, below a directory of the stream. The session lasts as long as the writing; trouble with one opens another. */
export class FileWriter implements Writer {
  readonly #environment: WriteEnvironment;
  readonly #format: TargetOf<'file'>['format'];
  readonly #directory: string;
  #session: FileSession | null = null;

  constructor(environment: WriteEnvironment, { directory, format }: TargetOf<'file'>) {
    const { bound, stream, signal } = environment;
    this.#environment = environment;
    this.#format = format;
    this.#directory = `${checkedDirectory(directory, bound.connector.name)}/${stream}`;
    signal.addEventListener('abort', this.#drop, { once: true });
  }

  async write(batch: WriteBatch): Promise<Untaken[]> {
    if (batch.records.length === 0) return [];
    const { bound, signal, budget } = this.#environment;
    const content = encodeFile(batch.records, this.#format);
    const path = `${this.#directory}/${fileName(batch, endings[this.#format])}`;
    await persist(() => withCredential(this.#environment, (credential) => withBudget(budget, bound.connector, {}, signal, () => this.#put(credential, path, content))), signal);
    return [];
  }

  async #put(credential: Credential, path: string, content: Buffer): Promise<void> {
    const { bound, egress, signal, timeoutMs = defaultTimeoutMs } = this.#environment;
    try {
      if (this.#session === null) {
        this.#session = await openFileSession({ connect: egress.connect?.bind(egress) }, bound, credential, timeoutMs);
        await makeDirectory(this.#session, this.#directory);
      }
      await putFile(this.#session, path, content);
    } catch (error) {
      this.#drop();
      signal.throwIfAborted();
      throw named(error, bound.connector.name);
    }
  }

  readonly #drop = (): void => {
    this.#session?.close();
    this.#session = null;
  };

  async close(): Promise<void> {
    this.#environment.signal.removeEventListener('abort', this.#drop);
    this.#drop();
  }
}
