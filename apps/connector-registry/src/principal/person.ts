import { scopesOfProjectRole, type PlatformRole, type Principal, type ProjectRole } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** An enabled user, with the project the request names (if it is one of the platform) and the membership that counts. */
export interface Person {
  readonly id: string;
  readonly platform_id: string;
  readonly platform_role: PlatformRole;
  readonly named_project: string | null;
  readonly member_project: string | null;
  readonly member_role: ProjectRole | null;
}

/** SQL that makes a {@link Person} of `registry.app_user AS u`; `$2` is the named project. A request that names none works in the oldest membership. */
export const personColumns = 'u.id, u.platform_id, u.platform_role, p.id AS named_project, m.project_id AS member_project, m.role AS member_role';
export const personJoins = `
  LEFT JOIN registry.project p ON p.id = $2 AND p.platform_id = u.platform_id
  LEFT JOIN LATERAL (
    SELECT project_id, role FROM registry.member WHERE user_id = u.id AND ($2::text IS NULL OR project_id = $2) ORDER BY created_at, project_id LIMIT 1
  ) m ON true`;

/**
 * What a person may do: an admin everything in its platform, a member what its role allows in the project it works in.
 * @throws AppError ENTITY_NOT_FOUND for a named project that is not within reach
 */
export function principalOf(person: Person, projectId: string | undefined): Principal {
  const { id, platform_id: platformId, platform_role: role, named_project: named, member_project: joined, member_role: joinedRole } = person;
  const base = { kind: 'user', id, userId: id, platformId } as const;
  const unreached = role === 'ADMIN' ? named === null : joined === null;
  if (projectId !== undefined && unreached) throw AppError.notFound('project', projectId);
  if (role === 'ADMIN') return { ...base, reach: 'platform', projectId: named, scopes: ['admin'] };
  return { ...base, reach: 'project', projectId: joined, scopes: joinedRole === null ? [] : [...scopesOfProjectRole[joinedRole]] };
}
