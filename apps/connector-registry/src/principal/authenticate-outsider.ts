import type { Principal, Secret } from '@trunkline/contracts';
import type { Sql, Statement } from '@trunkline/persistence';
import type { OutsideIssuer } from './outside-issuer.js';
import { personColumns, personJoins, principalOf, type Person } from './person.js';
import { refused } from './refused.js';

const findByEmail: Statement = {
  name: 'find_user_by_email',
  text: `SELECT ${personColumns} FROM registry.app_user u ${personJoins} WHERE u.platform_id = $1 AND lower(u.email) = lower($3) AND u.enabled`,
};

/** The user whom a token of the outside issuer names. None is made: who may come in was decided here. @throws AppError AUTHENTICATION, ENTITY_NOT_FOUND */
export async function authenticateOutsider(sql: Sql, issuer: OutsideIssuer, token: Secret, projectId: string | undefined): Promise<Principal> {
  const email = await issuer.emailOf(token);
  const person = await sql.first<Person & Record<string, unknown>>(findByEmail, [issuer.platformId, projectId ?? null, email]);
  if (person === undefined) throw refused();
  return principalOf(person, projectId);
}
