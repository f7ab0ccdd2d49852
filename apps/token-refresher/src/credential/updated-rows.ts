import type { EntityManager } from 'typeorm';

/** The rows an UPDATE or DELETE returned. TypeORM answers those with the pair of rows and their number, unlike INSERT and SELECT. */
export async function updated<Row>(tx: EntityManager, text: string, values: readonly unknown[]): Promise<Row[]> {
  const [rows] = (await tx.query(text, [...values])) as [Row[], number];
  return rows;
}
