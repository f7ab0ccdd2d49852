import type { DataSource, EntityManager } from 'typeorm';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryConfig } from '../config.js';
import type { Attempt } from './attempt.js';
import { afterFailure, type Circuit } from './circuit.js';
import type { Claimed } from './claim-deliveries.js';
import { waitAfter } from './retry-schedule.js';

export type Outcome = 'delivered' | 'failed' | 'given_up' | 'superseded';
type Rules = Pick<RegistryConfig, 'webhookRetrySeconds' | 'webhookRestSeconds'>;

/**
 * Writes down what became of an attempt: the delivery, and what it means for the endpoint, in one transaction. If we die before, the lease
 * ends and the message is sent again. The endpoint's row is taken first, as everywhere.
 */
export function noteAttempt(database: DataSource, claimed: Claimed, attempt: Attempt, rules: Rules): Promise<Outcome> {
  return database.transaction((tx) => (attempt.end === 'delivered' ? noteDelivered(tx, claimed, attempt) : noteNotDelivered(tx, claimed, attempt, rules)));
}

const mine = `webhook_id = $1 AND message_id = $2 AND claim = $3 AND status = 'waiting'`;

async function noteDelivered(tx: EntityManager, claimed: Claimed, { status }: Attempt): Promise<Outcome> {
  const { webhookId, messageId, claim } = claimed;
  // Only where there is something to forgive: an endpoint that works has its row left alone.
  await tx.query(
    `UPDATE registry.webhook SET state = 'active', state_reason = NULL, consecutive_failures = 0, failing_since = NULL, pause_seconds = NULL,
       not_before = CASE WHEN state = 'resting' THEN now() ELSE not_before END
     WHERE id = $1 AND state <> 'disabled' AND (consecutive_failures > 0 OR state = 'resting')`,
    [webhookId],
  );
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE registry.webhook_delivery SET status = 'delivered', attempts = attempts + 1, tries = tries + 1, last_attempt_at = now(), next_attempt_at = NULL, last_status = $4, last_error = NULL WHERE ${mine}`,
    [webhookId, messageId, claim, status],
  );
  return count > 0 ? 'delivered' : 'superseded';
}

interface CircuitRow {
  readonly state: Circuit['state'];
  readonly consecutive_failures: number;
  readonly failing_seconds: number;
  readonly pause_seconds: number | null;
}

async function noteNotDelivered(tx: EntityManager, claimed: Claimed, attempt: Attempt, rules: Rules): Promise<Outcome> {
  const { webhookId, messageId, claim, tries } = claimed;
  const [row]: CircuitRow[] = await tx.query(
    `SELECT state, consecutive_failures, pause_seconds, coalesce(extract(epoch FROM now() - failing_since), 0)::float8 AS failing_seconds
     FROM registry.webhook WHERE id = $1 FOR NO KEY UPDATE`,
    [webhookId],
  );
  if (row === undefined) return 'superseded';
  const wait = waitAfter(tries + 1, rules.webhookRetrySeconds, Math.random(), attempt.retryAfterSeconds);
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE registry.webhook_delivery SET status = CASE WHEN $4::float8 IS NULL THEN 'given_up' ELSE 'waiting' END, next_attempt_at = now() + make_interval(secs => $4),
       attempts = attempts + 1, tries = tries + 1, last_attempt_at = now(), last_status = $5, last_error = $6 WHERE ${mine}`,
    [webhookId, messageId, claim, wait, attempt.status, attempt.error],
  );
  if (count === 0) return 'superseded';
  await noteOfEndpoint(tx, claimed, row, attempt, rules);
  return wait === null ? 'given_up' : 'failed';
}

async function noteOfEndpoint(tx: EntityManager, claimed: Claimed, row: CircuitRow, attempt: Attempt, { webhookRestSeconds: restSeconds }: Rules): Promise<void> {
  const { webhookId, probe } = claimed;
  const retryAfter = attempt.retryAfterSeconds ?? 0;
  if (attempt.end === 'gone') return disable(tx, claimed, row, 'It answered 410 Gone.', 'gone');
  // Whoever asks us to slow down is there: nothing is sent to it for a while, and nothing is held against it.
  if (attempt.end === 'slow_down') return hold(tx, webhookId, probe, Math.max(retryAfter, probe ? (row.pause_seconds ?? restSeconds) : 0));
  const { state, consecutive_failures: consecutiveFailures, failing_seconds: failingSeconds, pause_seconds: pauseSeconds } = row;
  const next = afterFailure({ state, consecutiveFailures, failingSeconds, pauseSeconds }, { probe, restSeconds });
  const failed = `UPDATE registry.webhook SET consecutive_failures = $2, failing_since = coalesce(failing_since, now())`;
  if (next.state === 'disabled') {
    await tx.query(`${failed} WHERE id = $1`, [webhookId, next.consecutiveFailures]);
    return disable(tx, claimed, row, `Nothing but failures for five days, the last one because ${attempt.error}.`, 'failing');
  }
  const reason = next.state === 'resting' ? `${next.consecutiveFailures} attempts in a row failed, the last one because ${attempt.error}.` : null;
  await tx.query(`${failed}, pause_seconds = $3, state = $4, state_reason = $5 WHERE id = $1`, [webhookId, next.consecutiveFailures, next.pauseSeconds, next.state, reason]);
  return hold(tx, webhookId, probe, Math.max(retryAfter, next.holdSeconds ?? 0));
}

/** A probe's own hold was its lease and ends with it; another's is never cut short. */
async function hold(tx: EntityManager, webhookId: string, probe: boolean, seconds: number): Promise<void> {
  if (!probe && seconds === 0) return;
  const until = 'now() + make_interval(secs => $2)';
  await tx.query(`UPDATE registry.webhook SET not_before = ${probe ? until : `greatest(not_before, ${until})`} WHERE id = $1`, [webhookId, seconds]);
}

async function disable(tx: EntityManager, { webhookId, platformId, projectId }: Claimed, { state }: CircuitRow, reason: string, why: string): Promise<void> {
  if (state === 'disabled') return;
  await tx.query(`UPDATE registry.webhook SET state = 'disabled', state_reason = $2, pause_seconds = NULL, updated_at = now() WHERE id = $1`, [webhookId, reason]);
  const who = { kind: 'service', id: 'connector-registry', userId: null } as const;
  await recordAudit(tx, { who, tenant: { platformId, projectId }, action: 'webhook.disabled', target: { type: 'webhook', id: webhookId }, details: { why } });
}
