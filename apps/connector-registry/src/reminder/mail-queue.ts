import type { DataSource, EntityManager } from 'typeorm';

export interface Mail {
  /** One mail for each: also its Message-ID, by which a second copy is known as such. */
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
}

/** Puts a mail in the queue, in the transaction of what it tells. */
export async function queueMail(tx: EntityManager, { id, platformId, recipient, subject, body }: Mail & { readonly platformId: string }): Promise<void> {
  await tx.query('INSERT INTO registry.mail (id, platform_id, recipient, subject, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING', [id, platformId, recipient, subject, body]);
}

/** Longer than sending can take: who has a mail for longer than this has died with it. */
const leaseSeconds = 300;
const longestPauseSeconds = 6 * 3_600;
const givenUpAfterDays = 7;
const keptDays = 30;

/** Takes a mail that is due; no other replica takes it while it is being sent. */
export async function claimMail(database: DataSource): Promise<(Mail & { readonly attempts: number }) | undefined> {
  const [rows] = await database.query<[(Mail & { attempts: number })[], number]>(
    `UPDATE registry.mail SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $1)
     WHERE id = (SELECT id FROM registry.mail WHERE sent_at IS NULL AND given_up_at IS NULL AND next_attempt_at <= now() ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, recipient, subject, body, attempts`,
    [leaseSeconds],
  );
  return rows[0];
}

export async function noteSent(database: DataSource, { id }: Mail): Promise<void> {
  await database.query('UPDATE registry.mail SET sent_at = now(), last_error = NULL WHERE id = $1', [id]);
}

/** Not sent: tried again after a pause that doubles, unless the server said it never will take it, or it has been tried for a week. */
export async function noteFailed(database: DataSource, { id, attempts }: Mail & { readonly attempts: number }, { error, final, retrySeconds }: { error: string; final: boolean; retrySeconds: number }): Promise<void> {
  const pauseSeconds = Math.min(longestPauseSeconds, retrySeconds * 2 ** Math.min(attempts - 1, 20));
  await database.query(
    `UPDATE registry.mail SET last_error = $2, next_attempt_at = now() + make_interval(secs => $3),
       given_up_at = CASE WHEN $4 OR created_at < now() - interval '${givenUpAfterDays} days' THEN now() END
     WHERE id = $1 AND sent_at IS NULL`,
    [id, error, pauseSeconds, final],
  );
}

export async function forgetOldMail(database: DataSource): Promise<void> {
  await database.query(`DELETE FROM registry.mail WHERE created_at < now() - interval '${keptDays} days' AND (sent_at IS NOT NULL OR given_up_at IS NOT NULL)`);
}
