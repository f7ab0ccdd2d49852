import type { Principal } from '@trunkline/contracts';
import type { Sql, Statement } from '@trunkline/persistence';
import type { SessionClaims } from '../session/session-token.js';
import { personColumns, personJoins, principalOf, type Person } from './person.js';
import { refused } from './refused.js';

const findSession: Statement = {
  name: 'find_session',
  text: `SELECT ${personColumns} FROM registry.session s JOIN registry.app_user u ON u.id = s.user_id ${personJoins}
    WHERE s.id = $1 AND s.user_id = $3 AND s.ended_at IS NULL AND s.expires_at > now() AND u.enabled`,
};

/** A signature alone lets nobody in: the session's row says whether it still runs. @throws AppError AUTHENTICATION, ENTITY_NOT_FOUND */
export async function authenticateSession(sql: Sql, { sessionId, userId }: SessionClaims, projectId: string | undefined): Promise<Principal> {
  const person = await sql.first<Person & Record<string, unknown>>(findSession, [sessionId, projectId ?? null, userId]);
  if (person === undefined) throw refused();
  return principalOf(person, projectId);
}
