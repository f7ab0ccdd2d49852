import type { DataSource } from 'typeorm';
import type { RegistryConfig } from '../config.js';

/** A delivery that this process sends now. */
export interface Claimed {
  readonly webhookId: string;
  readonly platformId: string;
  readonly projectId: string | null;
  readonly url: string;
  readonly messageId: string;
  readonly body: string;
  /** Attempts so far, this one not among them. */
  readonly tries: number;
  /** Grows with every claim: what an older one found out is not written over what a newer one does. */
  readonly claim: number;
  /** Finds out whether a resting endpoint is back. */
  readonly probe: boolean;
}

/** Longer than an attempt and its note can take: who has a delivery for longer than this has died with it, and it is sent again. */
export const leaseSeconds = ({ webhookTimeoutSeconds }: Pick<RegistryConfig, 'webhookTimeoutSeconds'>): number => webhookTimeoutSeconds + 20;

/** The oldest delivery of the webhook `w` that is due; no other replica takes it at the same moment. */
const oldestDue = `
  SELECT webhook_id, message_id, next_attempt_at FROM registry.webhook_delivery
  WHERE webhook_id = w.id AND status = 'waiting' AND next_attempt_at <= now() ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED`;

const takeDue = (probe: boolean) => `
  taken AS (
    UPDATE registry.webhook_delivery d SET claim = d.claim + 1, next_attempt_at = now() + make_interval(secs => $1)
    FROM due WHERE d.webhook_id = due.webhook_id AND d.message_id = due.message_id
    RETURNING d.webhook_id, d.message_id, d.tries, d.claim, due.next_attempt_at AS due_since
  )
  SELECT t.webhook_id AS "webhookId", w.platform_id AS "platformId", w.project_id AS "projectId", w.url, t.message_id AS "messageId", m.body, t.tries, t.claim, ${probe} AS probe
  FROM taken t JOIN registry.webhook w ON w.id = t.webhook_id JOIN registry.webhook_message m ON m.id = t.message_id
  ORDER BY t.due_since`;

/**
 * Takes what is due: of every endpoint that is sent to the oldest, so that none that is slow or has much holds up the others. It goes by
 * endpoint and not by age alone because what waits for resting ones would otherwise be looked through every time.
 * @param busy endpoints that have enough from this replica already
 */
export function claimDeliveries(database: DataSource, { busy, limit, lease }: { busy: readonly string[]; limit: number; lease: number }): Promise<Claimed[]> {
  return database.query<Claimed[]>(
    `WITH due AS (
       SELECT d.webhook_id, d.message_id, d.next_attempt_at FROM registry.webhook w CROSS JOIN LATERAL (${oldestDue}) d
       WHERE w.state = 'active' AND w.not_before <= now() AND w.id <> ALL($2) ORDER BY d.next_attempt_at LIMIT $3
     ), ${takeDue(false)}`,
    [lease, busy, limit],
  );
}

/** The same for an endpoint that rests and whose pause is over: one message, and no replica takes another before it has answered or the lease is over. */
export function claimProbe(database: DataSource, { lease }: { lease: number }): Promise<Claimed[]> {
  return database.query<Claimed[]>(
    `WITH rested AS (
       SELECT w.id FROM registry.webhook w
       WHERE w.state = 'resting' AND w.not_before <= now()
         AND EXISTS (SELECT FROM registry.webhook_delivery d WHERE d.webhook_id = w.id AND d.status = 'waiting' AND d.next_attempt_at <= now())
       ORDER BY w.not_before LIMIT 1 FOR NO KEY UPDATE OF w SKIP LOCKED
     ), held AS (
       UPDATE registry.webhook h SET not_before = now() + make_interval(secs => $1) FROM rested WHERE h.id = rested.id RETURNING h.id
     ), due AS (
       SELECT d.webhook_id, d.message_id, d.next_attempt_at FROM held w CROSS JOIN LATERAL (${oldestDue}) d
     ), ${takeDue(true)}`,
    [lease],
  );
}
