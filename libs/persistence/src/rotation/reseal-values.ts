import type { DataSource } from 'typeorm';
import { VaultError, type Vault } from '@trunkline/vault';
import { schemaOf } from '../sql.js';
import type { Batch, Cursor, Pass } from './pass.js';
import { olderValues, type SealedTable } from './sealed-table.js';

interface Row {
  readonly rotating_id: string;
  readonly rotating_sealed: Buffer;
  readonly rotating_tenant: string | null;
  readonly rotating_newest: number | null;
}

const batchSize = 50;

/**
 * Seals values anew with their tenant's newest data key. A value is replaced only where it is still the one that was read: whatever was
 * written meanwhile stays, and is sealed with the newest key by itself or found by the next pass.
 */
export class ResealValues implements Pass {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly tables: readonly SealedTable[],
  ) {}

  async remaining(tenant: string | null): Promise<number> {
    let remaining = 0;
    for (const table of this.tables) {
      const [row] = (await this.database.query(`SELECT count(*)::int AS count FROM ${olderValues(this.#schema, table)}`, [tenant])) as { count: number }[];
      remaining += row?.count ?? 0;
    }
    return remaining;
  }

  async batch(tenant: string | null, from: Cursor): Promise<Batch> {
    const table = this.tables[from.table];
    if (table === undefined) return { next: null, replaced: 0, failed: 0, lastError: null };
    const rows: Row[] = await this.database.query(
      `SELECT v.${table.id} AS rotating_id, v.${table.sealed} AS rotating_sealed, (${table.tenant}) AS rotating_tenant, k.key_newest AS rotating_newest, ${table.columns}
       FROM ${olderValues(this.#schema, table)} AND v.${table.id} > $2 ORDER BY v.${table.id} LIMIT ${batchSize}`,
      [tenant, from.after],
    );
    const results = await Promise.all(rows.map((row) => this.#reseal(table, row)));
    const replaced = await this.#replace(table, results.filter((result) => 'sealed' in result));
    const failures = results.filter((result) => 'failure' in result);
    return { next: this.#next(from, rows), replaced, failed: failures.length, lastError: failures.at(-1)?.failure ?? null };
  }

  #next({ table }: Cursor, rows: readonly Row[]): Cursor | null {
    const last = rows.at(-1);
    if (last !== undefined && rows.length === batchSize) return { table, after: last.rotating_id };
    return table + 1 < this.tables.length ? { table: table + 1, after: '' } : null;
  }

  async #reseal(table: SealedTable, row: Row): Promise<{ id: string; old: Buffer; sealed: Buffer } | { failure: string }> {
    const { rotating_id: id, rotating_sealed: old, rotating_tenant: tenant, rotating_newest: newest } = row;
    if (newest === null) return { failure: `VAULT_KEY_UNKNOWN: the tenant of ${table.table} ${id} has no data key` };
    let plain: Uint8Array | undefined;
    try {
      const context = table.contextOf(row as never);
      // Were the two to differ, keys that are in use would be taken for unused.
      if (context.tenant !== tenant) return { failure: `the tenant of ${table.table} ${id} is not the one it is sealed for` };
      plain = await this.vault.open(context, old);
      return { id, old, sealed: Buffer.from(await this.vault.seal(context, plain, newest)) };
    } catch (error) {
      // Out of reach is no fault of the value's: the whole step is done again later.
      if (!(error instanceof VaultError) || error.code === 'VAULT_UNAVAILABLE') throw error;
      return { failure: `${error.code}: ${table.table} ${id}` };
    } finally {
      plain?.fill(0);
    }
  }

  async #replace({ table, id, sealed }: SealedTable, values: readonly { id: string; old: Buffer; sealed: Buffer }[]): Promise<number> {
    if (values.length === 0) return 0;
    const [, replaced] = (await this.database.query(
      `UPDATE "${this.#schema}".${table} AS v SET ${sealed} = n.new
       FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS n(id, old, new) WHERE v.${id} = n.id AND v.${sealed} = n.old`,
      [values.map((value) => value.id), values.map(({ old }) => old), values.map((value) => value.sealed)],
    )) as [unknown, number];
    return replaced;
  }

  get #schema(): string {
    return schemaOf(this.database);
  }
}
