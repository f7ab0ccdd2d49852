import type { DataSource } from 'typeorm';
import { rewrapDataKey, VaultError, type MasterKeys, type StoredDataKey } from '@trunkline/vault';
import { schemaOf } from '../sql.js';
import type { Batch, Cursor, Pass } from './pass.js';

const batchSize = 20;

/** Wraps data keys anew with the newest master key. The keys themselves stay, and so does every sealed value. */
export class RewrapKeys implements Pass {
  constructor(
    private readonly database: DataSource,
    private readonly masterKeys: MasterKeys,
  ) {}

  async remaining(tenant: string | null): Promise<number> {
    const primary = await this.masterKeys.primaryVersion();
    const [row] = (await this.database.query(`SELECT count(*)::int AS count FROM ${this.#older}`, [tenant, primary])) as { count: number }[];
    return row?.count ?? 0;
  }

  async batch(tenant: string | null, { after }: Cursor): Promise<Batch> {
    const primary = await this.masterKeys.primaryVersion();
    const rows: (StoredDataKey & { place: string })[] = await this.database.query(
      `SELECT tenant, version, master_version AS "masterVersion", wrapped, ${place} AS place FROM ${this.#older} AND ${place} > $3 ORDER BY ${place} LIMIT ${batchSize}`,
      [tenant, primary, after],
    );
    const results = await Promise.all(rows.map((row) => this.#rewrap(row, primary)));
    const failures = results.filter((result) => typeof result === 'string');
    const last = rows.at(-1);
    return {
      next: last !== undefined && rows.length === batchSize ? { table: 0, after: last.place } : null,
      replaced: results.filter((result) => result === true).length,
      failed: failures.length,
      lastError: failures.at(-1) ?? null,
    };
  }

  /** @returns whether the row was replaced, or why it cannot be */
  async #rewrap({ tenant, version, masterVersion, wrapped }: StoredDataKey, primary: number): Promise<boolean | string> {
    try {
      const key = await rewrapDataKey(this.masterKeys, { tenant, version, masterVersion, wrapped }, primary);
      const [, replaced] = (await this.database.query(
        `UPDATE "${schemaOf(this.database)}".data_key SET master_version = $3, wrapped = $4 WHERE tenant = $1 AND version = $2 AND master_version = $5 AND wrapped = $6`,
        [tenant, version, key.masterVersion, Buffer.from(key.wrapped), masterVersion, Buffer.from(wrapped)],
      )) as [unknown, number];
      return replaced === 1;
    } catch (error) {
      if (!(error instanceof VaultError) || error.code === 'VAULT_UNAVAILABLE') throw error;
      return `${error.code}: data key ${version} of ${tenant}`;
    }
  }

  get #older(): string {
    return `"${schemaOf(this.database)}".data_key WHERE ($1::text IS NULL OR tenant = $1) AND master_version < $2`;
  }
}

/** One text that orders the rows: the tenant, then the version. */
const place = `(tenant || ' ' || lpad(version::text, 10, '0'))`;
