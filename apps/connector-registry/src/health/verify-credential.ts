import { credentials, errorCodes, type ReplyOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { lockConnection } from '../connection/move-connection.js';
import type { RegistryParts } from '../registry-parts.js';
import { moveAfterVerification, type Verification } from './health-policy.js';
import { evidenceOf, readHealth } from './health-row.js';
import { moveIfChanged } from './settle-status.js';

type Answer = ReplyOf<typeof credentials.verify>;

/** A connection somebody has taken on himself to have verified. */
export interface ToVerify {
  readonly id: string;
  readonly connector: string;
  readonly credentialVersion: number | null;
  /** A call had made it doubtful. */
  readonly wanted: boolean;
}

/**
 * Has the keeper ask the provider, and takes over what it answered. An answer about a credential that was replaced meanwhile says nothing
 * of the connection any more.
 *
 * @throws AppError of the keeper; what a call had made doubtful stays so
 */
export async function verifyCredential(parts: RegistryParts, { id, credentialVersion, wanted }: ToVerify): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await parts.rpc.call(credentials.verify, { connectionId: id });
  } catch (error) {
    const again = wanted && error instanceof AppError && errorCodes[error.code].retryable;
    await parts.database.query(
      'UPDATE registry.connection_health SET verify_wanted = verify_wanted OR $2, verify_failures = least(verify_failures + 1, 1000) WHERE connection_id = $1',
      [id, again],
    );
    throw error;
  }
  await takeOver(parts, id, credentialVersion, answer);
  return answer;
}

const takeOver = (parts: RegistryParts, connectionId: string, credentialVersion: number | null, answer: Answer): Promise<void> =>
  parts.database.transaction(async (tx) => {
    const row = await lockConnection(tx, { connectionId });
    const before = row === null ? undefined : await readHealth(tx, connectionId);
    if (row === null || before === undefined || row.credentialVersion !== credentialVersion) return;
    const outcome: Verification = answer.outcome === 'rejected' && answer.status === 403 ? 'forbidden' : answer.outcome;
    await tx.query(
      `UPDATE registry.connection_health
       SET verified_at = now(), verify_outcome = $2, verify_failures = CASE WHEN $2 = 'unavailable' THEN least(verify_failures + 1, 1000) ELSE 0 END, next_compute_at = now()
       WHERE connection_id = $1`,
      [connectionId, outcome],
    );
    const move = row.status === 'active' || row.status === 'degraded' ? moveAfterVerification(outcome, evidenceOf(before)) : null;
    if (move !== null) await moveIfChanged(parts, tx, row, move);
  });
