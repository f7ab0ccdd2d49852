import type { RegistryParts } from '../registry-parts.js';

const batch = 1_000;

/** Links are shown for thirty days after their time. That they were made and used stays in the audit log. */
export async function removeOldLinks({ database }: Pick<RegistryParts, 'database'>): Promise<void | 'again'> {
  const [, rows] = await database.query<[unknown[], number]>(
    `DELETE FROM registry.connect_link WHERE id IN (SELECT id FROM registry.connect_link WHERE expires_at < now() - interval '30 days' LIMIT ${batch})`,
  );
  if (rows === batch) return 'again';
}
