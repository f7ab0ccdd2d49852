import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';

/** Whoever may take a platform's last admin away takes turns here: two who do it at once would each see the other's. */
export async function lockAdmins(tx: EntityManager, platformId: string): Promise<void> {
  await tx.query('SELECT FROM registry.platform WHERE id = $1 FOR NO KEY UPDATE', [platformId]);
}

/**
 * No person locks a platform's doors behind himself: someone must remain who can manage it, a person or a key. The operator and keys
 * may do it, they can undo it as well.
 * @throws AppError VALIDATION
 */
export async function requireAnotherAdmin(tx: EntityManager, platformId: string, userId: string): Promise<void> {
  const [row] = await tx.query<{ another: boolean }[]>(
    `SELECT EXISTS (SELECT FROM registry.app_user WHERE platform_id = $1 AND id <> $2 AND platform_role = 'ADMIN' AND enabled)
       OR EXISTS (
         SELECT FROM registry.api_key k LEFT JOIN registry.app_user u ON u.id = k.user_id
         WHERE k.platform_id = $1 AND k.project_id IS NULL AND 'admin' = ANY (k.scopes)
           AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
           AND (k.user_id IS NULL OR (u.enabled AND u.id <> $2))
       ) AS another`,
    [platformId, userId],
  );
  if (row?.another !== true) throw new AppError('VALIDATION', 'This is the last admin of the platform: make another one first, or let the operator do this.');
}
