import type { EntityManager } from 'typeorm';

/** Runs an UPDATE or DELETE with RETURNING. TypeORM answers these with `[rows, count]`, everything else with the rows alone. */
export async function changedRows<Row>(tx: EntityManager, sql: string, values: unknown[]): Promise<Row[]> {
  const [rows] = (await tx.query(sql, values)) as [Row[], number];
  return rows;
}
