import { users, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { inReach } from '../access/in-reach.js';
import { platformWithin, requireManager } from '../access/require-manager.js';
import { rightsOverUser } from '../access/reach.js';
import type { RegistryParts } from '../registry-parts.js';
import { toUser, userColumns, type UserRow } from './to-user.js';

type Contract = typeof users.list;

/** The users of a platform, for its admins and the operator; anyone else sees the own account and no other. */
export async function listUsers({ database, pages }: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { principal, limit, cursor } = request;
  const { platformId, userId } = whose(request);
  const { rows, next, previous } = await pages.read({ limit, cursor }, { list: 'users', platformId, userId }, { firstParameter: 3 }, (page) =>
    inReach(database, principal, (tx) =>
      tx.query<(UserRow & { cursor_at: string })[]>(
        `SELECT ${userColumns}, created_at::text AS cursor_at FROM registry.app_user
         WHERE ($1::text IS NULL OR platform_id = $1) AND ($2::text IS NULL OR id = $2) AND ${page.condition} ORDER BY ${page.order} LIMIT ${page.limit}`,
        [platformId, userId, ...page.values],
      ),
    ),
  );
  return { data: rows.map(toUser), next, previous };
}

function whose({ principal, platformId }: RequestOf<Contract>): { platformId: string | null; userId: string | null } {
  const own = principal.userId !== null && rightsOverUser(principal, principal.userId) === 'own';
  if (own) return { platformId: platformWithin({ platformId: principal.platformId }, platformId), userId: principal.userId };
  const reach = requireManager(principal);
  return { platformId: reach.platformId === null ? (platformId ?? null) : platformWithin(reach, platformId), userId: null };
}
