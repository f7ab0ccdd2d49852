import type { RegistryParts } from '../registry-parts.js';

const batch = 1_000;

/** Rows that decide nothing any more. A session's beginning and end stay in the audit log. */
export async function removeOldSessions({ database }: Pick<RegistryParts, 'database'>): Promise<void | 'again'> {
  const removed = [
    await database.query<[unknown[], number]>(`DELETE FROM registry.session WHERE id IN (SELECT id FROM registry.session WHERE expires_at < now() - interval '1 day' LIMIT ${batch})`),
    await database.query<[unknown[], number]>(
      `DELETE FROM registry.login_attempts WHERE window_ends < now() AND subject IN (SELECT subject FROM registry.login_attempts WHERE window_ends < now() LIMIT ${batch})`,
    ),
  ];
  if (removed.some(([, rows]) => rows === batch)) return 'again';
}
