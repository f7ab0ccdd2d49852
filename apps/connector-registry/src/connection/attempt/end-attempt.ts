import type { EntityManager } from 'typeorm';
import { AppError } from '@trunkline/service';
import { ConnectionRow } from '../connection.entity.js';
import { lockConnection, type Named } from '../move-connection.js';

/**
 * An attempt to connect came to nothing. The row goes with the last attempt if it never had a credential; a connection that works
 * is not touched by an attempt that failed.
 */
export async function endAttempt(tx: EntityManager, connection: Named): Promise<void> {
  const row = await lockConnection(tx, connection);
  if (row === null) return;
  const openAttempts = Math.max(0, row.openAttempts - 1);
  if (openAttempts === 0 && row.status === 'pending' && row.credentialVersion === null) await tx.delete(ConnectionRow, { id: row.id });
  else await tx.update(ConnectionRow, { id: row.id }, { openAttempts });
}

/**
 * True if a failed request surely had no effect. Without an answer nobody knows: the attempt then stays open until an event tells
 * how it ended, or until its time is over.
 */
export const surelyFailed = (error: unknown): boolean => error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE' && error.code !== 'INTERNAL';
