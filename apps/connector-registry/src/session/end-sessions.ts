import type { EntityManager } from 'typeorm';

/** Ends every session of a user, in the transaction of what makes them end. */
export async function endSessions(tx: EntityManager, userId: string): Promise<void> {
  await tx.query('UPDATE registry.session SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL', [userId]);
}
