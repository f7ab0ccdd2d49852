import type { DataSource, EntityManager } from 'typeorm';
import type { Pool, PoolClient, QueryResultRow } from 'pg';

/** A prepared statement: `name` is its name on every connection, so a text is parsed and planned once. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/**
 * The short way to Postgres for hot paths: a named prepared statement on the pool that TypeORM holds, without entity mapping
 * (measured: four times as many primary-key reads as `findOne`).
 */
export class Sql {
  readonly #pool: Pool;

  constructor(dataSource: DataSource) {
    // TypeORM's Postgres driver keeps its pg.Pool here; there is no public accessor.
    this.#pool = (dataSource.driver as unknown as { master: Pool }).master;
  }

  async rows<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const result = await this.#pool.query<Row>({ name: statement.name, text: statement.text, values: values as unknown[] });
    return result.rows;
  }

  async first<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row | undefined> {
    return (await this.rows<Row>(statement, values))[0];
  }
}

/** A prepared statement in a transaction, on the transaction's own connection. Planning a read behind row-level security costs more than the read. */
export async function rowsIn<Row extends QueryResultRow>(tx: EntityManager, { name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
  const client = (await tx.queryRunner!.connect()) as PoolClient;
  return (await client.query<Row>({ name, text, values: values as unknown[] })).rows;
}

/** The schema a service owns; every raw statement names it, so no search path is relied on. */
export const schemaOf = (manager: EntityManager | DataSource): string => {
  const { options } = 'connection' in manager ? manager.connection : manager;
  return (options as { schema?: string }).schema ?? 'public';
};
