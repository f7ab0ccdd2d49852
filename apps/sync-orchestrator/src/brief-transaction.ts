import type { DataSource, EntityManager } from 'typeorm';

/** Between two statements of ours passes a millisecond or two. Who needs longer is not slow, it has stopped. */
const longestSilence = '5s';

/**
 * Lets PostgreSQL end this transaction if its process falls silent in the middle: a machine that sleeps with a row locked would
 * otherwise keep every other worker from it for a minute. Only for transactions that wait for nothing but the database.
 */
export async function keepBrief(tx: EntityManager): Promise<void> {
  await tx.query(`SET LOCAL idle_in_transaction_session_timeout = '${longestSilence}'`);
}

/** A transaction under {@link keepBrief}. */
export function briefTransaction<Result>(database: DataSource, work: (tx: EntityManager) => Promise<Result>): Promise<Result> {
  return database.transaction(async (tx) => {
    await keepBrief(tx);
    return work(tx);
  });
}
