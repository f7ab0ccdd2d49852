import type { DataSource } from 'typeorm';
import type { ToVerify } from './verify-credential.js';

/**
 * Takes a connection that is to be verified; no other replica takes it again before it is due once more. Connectors that keep this
 * replica busy enough are left alone: a provider that is down is not asked by everybody at once.
 */
export async function claimDueVerification(database: DataSource, busy: readonly string[]): Promise<ToVerify | undefined> {
  const rows = await database.query<ToVerify[]>(
    `WITH due AS (
       SELECT h.connection_id, c.connector, c.credential_version::float8 AS credential_version, h.verify_wanted
       FROM registry.connection_health h JOIN registry.connection c ON c.id = h.connection_id
       WHERE h.verify_due_at IS NOT NULL AND c.status IN ('active', 'degraded') AND c.connector <> ALL($1)
       ORDER BY h.verify_due_at LIMIT 1
       FOR UPDATE OF h SKIP LOCKED
     ), taken AS (
       UPDATE registry.connection_health h SET verify_due_at = NULL, verify_wanted = false, verify_attempted_at = now()
       FROM due WHERE h.connection_id = due.connection_id
       RETURNING h.connection_id
     )
     SELECT connection_id AS id, connector, credential_version AS "credentialVersion", verify_wanted AS wanted FROM due JOIN taken USING (connection_id)`,
    [busy],
  );
  return rows[0];
}

/** The same for one that somebody wants verified now. */
export async function claimVerification(database: DataSource, id: string): Promise<ToVerify | undefined> {
  const rows = await database.query<ToVerify[]>(
    `WITH taken AS (
       INSERT INTO registry.connection_health (connection_id, platform_id, verify_attempted_at)
       SELECT id, platform_id, now() FROM registry.connection WHERE id = $1 AND deleted_at IS NULL
       ON CONFLICT (connection_id) DO UPDATE SET verify_due_at = NULL, verify_wanted = false, verify_attempted_at = now()
       RETURNING connection_id
     )
     SELECT c.id, c.connector, c.credential_version::float8 AS "credentialVersion", false AS wanted FROM registry.connection c JOIN taken ON taken.connection_id = c.id`,
    [id],
  );
  return rows[0];
}
