import { connectionExpiring } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import type { ConnectionRow } from '../connection/connection.entity.js';
import { factAbout, lockConnection } from '../connection/move-connection.js';
import type { RegistryParts } from '../registry-parts.js';
import { queueMail } from './mail-queue.js';
import { reminderMail, typesWithKey, type ReminderKind } from './reminder.js';

interface Due {
  readonly id: string;
  readonly kind: ReminderKind;
  /** As PostgreSQL writes it: a Date would lose its microseconds, and the reminder with them its identity. */
  readonly due: string;
}

const batchSize = 100;

/** Keys that lapse soon, and keys that are old, of which nothing was told yet; or not by mail, though the platform wants mails by now. */
const whoseTurn = `
  SELECT d.id, d.kind, d.due::text AS due
  FROM (
    SELECT c.id, c.platform_id, 'expiry' AS kind, c.expires_at AS due FROM registry.connection c
    WHERE c.expires_at > now() AND c.expires_at <= now() + make_interval(days => $1) AND c.status IN ('active', 'degraded')
    UNION ALL
    SELECT c.id, c.platform_id, 'rotation', c.connected_at + make_interval(days => $2) FROM registry.connection c
    WHERE c.connected_at <= now() - make_interval(days => $2) AND c.status IN ('active', 'degraded') AND c.type = ANY($3)
  ) d
  JOIN registry.platform p ON p.id = d.platform_id
  LEFT JOIN registry.connection_reminder r ON r.connection_id = d.id AND r.kind = d.kind AND r.due = d.due
  WHERE (r.connection_id IS NULL AND (d.kind = 'expiry' OR p.expiry_emails)) OR (r.mailed_at IS NULL AND p.expiry_emails AND $4)
  ORDER BY d.due LIMIT ${batchSize}`;

/** Reminds of every key whose turn it is, each once. */
export async function remind(parts: RegistryParts): Promise<void | 'again'> {
  const { database, context } = parts;
  const { reminderExpiryDays, reminderRotationDays, smtpUrl } = context.config;
  const due = await database.query<Due[]>(whoseTurn, [reminderExpiryDays, reminderRotationDays, typesWithKey, smtpUrl !== undefined]);
  for (const one of due) await database.transaction((tx) => remindOf(parts, tx, one));
  if (due.length === batchSize) return 'again';
}

/** Two replicas that remind of the same key meet at its connection; the second finds the note of the first. */
async function remindOf(parts: RegistryParts, tx: EntityManager, reminder: Due): Promise<void> {
  const { id, kind, due } = reminder;
  const row = await lockConnection(tx, { connectionId: id });
  if (row === null || !(await isStillSo(tx, reminder, parts.context.config.reminderRotationDays))) return;
  const told: unknown[] = await tx.query('INSERT INTO registry.connection_reminder (connection_id, kind, due) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1', [id, kind, due]);
  if (told.length > 0) await parts.outbox.addEvent(tx, connectionExpiring, { ...factAbout(row), kind, due: new Date(due).toISOString() }, id);
  if (parts.context.config.smtpUrl !== undefined) await mailOnce(tx, row, reminder);
}

/** A new key, or another day, may have come meanwhile. */
async function isStillSo(tx: EntityManager, { id, kind, due }: Due, rotationDays: number): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    `SELECT 1 FROM registry.connection WHERE id = $1 AND status IN ('active', 'degraded') AND CASE WHEN $2 = 'expiry' THEN expires_at ELSE connected_at + make_interval(days => $4) END = $3::timestamptz`,
    [id, kind, due, rotationDays],
  );
  return rows.length > 0;
}

/** To the platform's admins and the owner, if the platform wants that. */
async function mailOnce(tx: EntityManager, row: ConnectionRow, { kind, due }: Due): Promise<void> {
  const [wanted] = await tx.query<[unknown[], number]>(
    `UPDATE registry.connection_reminder SET mailed_at = now()
     WHERE connection_id = $1 AND kind = $2 AND due = $3 AND mailed_at IS NULL AND (SELECT expiry_emails FROM registry.platform WHERE id = $4) RETURNING 1`,
    [row.id, kind, due, row.platformId],
  );
  if (wanted.length === 0) return;
  const people: { id: string; email: string }[] = await tx.query(
    `SELECT id, email FROM registry.app_user WHERE platform_id = $1 AND enabled AND (platform_role = 'ADMIN' OR id = $2) ORDER BY id`,
    [row.platformId, row.ownerId],
  );
  const day = new Date(due);
  const mail = reminderMail(kind, { displayName: row.displayName, connector: row.connector, due: day });
  for (const { id, email } of people) await queueMail(tx, { id: `${kind}.${row.id}.${day.getTime()}.${id}`, platformId: row.platformId, recipient: email, ...mail });
}
