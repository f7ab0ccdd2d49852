import type { DataSource } from 'typeorm';
import type { DataKeyStore, StoredDataKey } from '@trunkline/vault';
import { schemaOf } from '../sql.js';

const columns = 'tenant, version, master_version AS "masterVersion", wrapped';

/**
 * Wrapped data keys in the service's own schema (table `data_key`, migration `DataKeys1760000000001`). Each statement commits by
 * itself: a key must be there before anything sealed with it is.
 */
export class PostgresDataKeyStore implements DataKeyStore {
  readonly #database: DataSource;

  constructor(database: DataSource) {
    this.#database = database;
  }

  findPrimary(tenant: string): Promise<StoredDataKey | null> {
    return this.#first(`SELECT ${columns} FROM ${this.#table} WHERE tenant = $1 ORDER BY version DESC LIMIT 1`, [tenant]);
  }

  find(tenant: string, version: number): Promise<StoredDataKey | null> {
    return this.#first(`SELECT ${columns} FROM ${this.#table} WHERE tenant = $1 AND version = $2`, [tenant, version]);
  }

  /** Of two processes that make a first key at the same moment one wins by the primary key; both go on with the winner's. */
  async insert(key: StoredDataKey): Promise<StoredDataKey> {
    const { tenant, version, masterVersion, wrapped } = key;
    await this.#database.query(`INSERT INTO ${this.#table} (tenant, version, master_version, wrapped) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, [
      tenant,
      version,
      masterVersion,
      Buffer.from(wrapped),
    ]);
    // The conflict waited for whoever came first to commit, so a second statement sees that key.
    const stored = await this.find(tenant, version);
    if (stored === null) throw new Error(`data key version ${version} vanished while it was stored`);
    return stored;
  }

  get #table(): string {
    return `"${schemaOf(this.#database)}".data_key`;
  }

  async #first(sql: string, values: unknown[]): Promise<StoredDataKey | null> {
    const rows: StoredDataKey[] = await this.#database.query(sql, values);
    return rows[0] ?? null;
  }
}
