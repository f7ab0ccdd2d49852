import type { SourceRecord } from '@trunkline/contracts';
import { ProviderError } from '../../provider-error.js';
import { narrowedDown, unlessAll } from '../untaken.js';
import type { TargetOf, Untaken, WriteBatch, WriteEnvironment, Writer } from '../writer.js';
import { parseRecordPath } from './record-path.js';
import type { RecordPath } from './record-path.js';
import { sendRequest } from './send-request.js';

/** Of an address or a way of asking, not of a record: every other one would be answered alike. */
const ofTheAddress = new Set([405, 406, 407, 411, 415, 426, 431]);
/** What is to be deleted is not there, or not any more. */
const gone = new Set([404, 409, 410]);

/** Why a refused request is a record's fault, null if it is not. What the provider wrote is in none of it. */
function reasonIn(path: RecordPath): (error: unknown) => string | null {
  return (error) => {
    if (!(error instanceof ProviderError) || error.kind !== 'rejected' || error.status === null || error.status < 400 || error.status >= 500) return null;
    const { status } = error;
    if (ofTheAddress.has(status) || ((status === 404 || status === 410) && !path.namesRecord)) return null;
    return `the destination does not take it (${status})`;
  };
}

interface Paths {
  readonly path: RecordPath;
  /** Null: deletions are left out. */
  readonly deletePath: RecordPath | null;
}

/** @throws ProviderError `rejected` for a target that cannot mean what it says */
export function parsePaths({ path: text, deletePath: deleteText, batch }: TargetOf<'rest'>, connectorName: string): Paths {
  const path = parseRecordPath(text, connectorName);
  const deletePath = deleteText === undefined ? null : parseRecordPath(deleteText, connectorName);
  if (batch > 1 && path.namesRecord) throw new ProviderError('rejected', `${connectorName}: a path with {{record.key}} is of one record; "batch" must be 1`);
  if (deletePath?.namesRecord === false) throw new ProviderError('rejected', `${connectorName}: "deletePath" must name the record with {{record.key}}`);
  return { path, deletePath };
}

/** A request for each record, or for several as an array, one after another. */
export class RestWriter implements Writer {
  readonly #environment: WriteEnvironment;
  readonly #target: TargetOf<'rest'>;
  readonly #path: RecordPath;
  readonly #deletePath: RecordPath | null;

  constructor(environment: WriteEnvironment, target: TargetOf<'rest'>) {
    const { path, deletePath } = parsePaths(target, environment.bound.connector.name);
    this.#environment = environment;
    this.#target = target;
    this.#path = path;
    this.#deletePath = deletePath;
  }

  async write({ records }: WriteBatch): Promise<Untaken[]> {
    const untaken: Untaken[] = [];
    let waiting: number[] = [];
    const flush = async (): Promise<void> => {
      const indexes = waiting;
      waiting = [];
      untaken.push(...(await narrowedDown(indexes, (some) => this.#put(some.map((index) => records[index]!)), reasonIn(this.#path))));
    };
    for (const [index, record] of records.entries()) {
      if (record.op === 'delete') {
        // What was written of this key before must be there before it is deleted.
        await flush();
        if (this.#deletePath !== null) untaken.push(...(await narrowedDown([index], () => this.#delete(record, this.#deletePath!), reasonIn(this.#deletePath))));
        continue;
      }
      waiting.push(index);
      if (waiting.length === this.#target.batch) await flush();
    }
    await flush();
    return unlessAll(untaken, records.length, this.#environment.bound.connector.name);
  }

  async #put(records: readonly SourceRecord[]): Promise<void> {
    const data = records.map((record) => record.data);
    const body = JSON.stringify(this.#target.batch === 1 ? data[0] : data);
    await sendRequest(this.#environment, { method: this.#target.method, url: this.#url(this.#path, records[0]!.key), body, records });
  }

  async #delete(record: SourceRecord, path: RecordPath): Promise<void> {
    try {
      await sendRequest(this.#environment, { method: 'DELETE', url: this.#url(path, record.key), records: [record] });
    } catch (error) {
      if (!(error instanceof ProviderError) || error.status === null || !gone.has(error.status)) throw error;
    }
  }

  #url(path: RecordPath, key: string): string {
    const rendered = path.render(key);
    // Said with the status of a bad request: it is this record's fault, and no other's.
    if (rendered === null) throw new ProviderError('rejected', `${this.#environment.bound.connector.name}: the key cannot stand in a path`, { status: 400 });
    return this.#environment.bound.baseUrl + rendered;
  }

  async close(): Promise<void> {}
}
