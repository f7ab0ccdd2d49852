import type { Credential } from '../../credential.js';
import { persist } from '../../read/persist.js';
import { textOf } from '../../read/server.js';
import { dialDatabase, named } from '../../read/tables/open-database.js';
import { withBudget } from '../../read/with-budget.js';
import { unlessAll } from '../untaken.js';
import { withCredential } from '../with-credential.js';
import type { TargetOf, Untaken, WriteBatch, WriteEnvironment, Writer } from '../writer.js';
import { openMysqlTable } from './mysql-session.js';
import { openPostgresTable } from './postgres-session.js';
import { mappedColumns, rowsOf } from './table-row.js';
import type { TableSession, TableWanted } from './table-session.js';

function wantedIn({ bound }: WriteEnvironment, { schema, table, columns, create }: TargetOf<'table'>): TableWanted {
  const { verification, name } = bound.connector;
  const ofConnection = verification.protocol === 'sql' ? textOf(verification.schema, bound) : undefined;
  return { schema: schema ?? ofConnection ?? null, table, create, columns: mappedColumns(columns, name) };
}

/** Rows of one table, by key. The connection lasts as long as the writing; trouble with one opens another. */
export class TableWriter implements Writer {
  readonly #environment: WriteEnvironment;
  readonly #wanted: TableWanted;
  #session: TableSession | null = null;

  constructor(environment: WriteEnvironment, target: TargetOf<'table'>) {
    this.#environment = environment;
    this.#wanted = wantedIn(environment, target);
    environment.signal.addEventListener('abort', this.#drop, { once: true });
  }

  async write({ records }: WriteBatch): Promise<Untaken[]> {
    const { bound, signal, budget } = this.#environment;
    const rows = rowsOf(records, this.#wanted.columns);
    if (rows.length === 0) return [];
    const untaken = await persist(
      () => withCredential(this.#environment, (credential) => withBudget(budget, bound.connector, {}, signal, () => this.#attempt(credential, (session) => session.write(rows)))),
      signal,
    );
    return unlessAll(untaken, rows.length, bound.connector.name);
  }

  async #attempt<Result>(credential: Credential, work: (session: TableSession) => Promise<Result>): Promise<Result> {
    const { bound, signal } = this.#environment;
    try {
      this.#session ??= await this.#open(credential);
      return await work(this.#session);
    } catch (error) {
      this.#drop();
      signal.throwIfAborted();
      throw named(error, bound.connector.name);
    }
  }

  async #open(credential: Credential): Promise<TableSession> {
    const { bound, egress, timeoutMs } = this.#environment;
    const { scheme, access } = await dialDatabase({ connect: egress.connect?.bind(egress), check: egress.check?.bind(egress) }, bound, credential, timeoutMs);
    try {
      return await (scheme === 'mysql' ? openMysqlTable : openPostgresTable)(access, this.#wanted);
    } catch (error) {
      access.socket.destroy();
      throw error;
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
