import type { DataSource } from 'typeorm';

const keptDays = 30;
const atOnce = 1_000;

/** Messages are kept for thirty days, whatever became of them; their deliveries go with them. */
export async function forgetOldMessages(database: DataSource): Promise<void | 'again'> {
  const [, count] = await database.query<[unknown[], number]>(
    `DELETE FROM registry.webhook_message WHERE id IN (SELECT id FROM registry.webhook_message WHERE created_at < now() - interval '${keptDays} days' ORDER BY created_at LIMIT ${atOnce})`,
  );
  if (count === atOnce) return 'again';
}

/** Secrets whose overlap is over sign nothing any more; now they are not there either. */
export async function destroyFormerSecrets(database: DataSource): Promise<void> {
  await database.query('DELETE FROM registry.webhook_secret WHERE until <= now()');
}

/** For how long the oldest delivery has been due, of endpoints that nothing holds back. */
export async function oldestDueSeconds(database: DataSource): Promise<number> {
  const [row] = await database.query<{ seconds: number }[]>(
    `SELECT coalesce(extract(epoch FROM now() - min(d.next_attempt_at)), 0)::float8 AS seconds FROM registry.webhook w
     CROSS JOIN LATERAL (SELECT min(next_attempt_at) AS next_attempt_at FROM registry.webhook_delivery WHERE webhook_id = w.id AND status = 'waiting' AND next_attempt_at <= now()) d
     WHERE w.state = 'active' AND w.not_before <= now()`,
  );
  return row!.seconds;
}
