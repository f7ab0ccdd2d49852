import type { RegistryParts } from '../../registry-parts.js';

/**
 * Removes rows that wait for a credential nobody brings any more: whoever attempted it died between the first and the last step.
 * Should the credential have been stored all the same, its event finds no connection and it is destroyed.
 */
export async function removeForgottenAttempts({ database, context }: Pick<RegistryParts, 'database' | 'context'>): Promise<void> {
  const [rows] = await database.query<[{ id: string }[], number]>(
    `DELETE FROM registry.connection c WHERE status = 'pending' AND credential_version IS NULL AND pending_until < now()
       AND NOT EXISTS (SELECT FROM registry.connection_replacement r WHERE c.id IN (r.source_id, r.target_id)) RETURNING id`,
  );
  if (rows.length > 0) context.logger.info({ connectionIds: rows.map(({ id }) => id) }, 'removed connections that were never completed');
}
