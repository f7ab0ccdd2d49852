import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { requireTenant } from '../../access/require-tenant.js';
import type { RegistryParts } from '../../registry-parts.js';

type Contract = typeof connections.owners;

interface Row {
  id: string;
  email: string;
  first_name: string;
  last_name: string;
  cursor_at: string;
}

/** The users who own connections that the project may use. */
export async function listOwners({ database, pages }: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireTenant(request.principal, 'connections:read');
  const { platformId, projectId } = who;
  const owns = projectId === null
    ? 'EXISTS (SELECT FROM registry.connection c WHERE c.platform_id = $1 AND c.owner_id = u.id)'
    : `(EXISTS (SELECT FROM registry.connection c WHERE c.project_id = $2 AND c.owner_id = u.id)
        OR u.id IN (SELECT c.owner_id FROM registry.connection_project s JOIN registry.connection c ON c.id = s.connection_id WHERE s.project_id = $2))`;
  const known = projectId === null ? [platformId] : [platformId, projectId];
  const page = await pages.read<Row>(request, { list: 'owners', platformId, projectId }, { columns: { at: 'u.created_at', id: 'u.id' }, firstParameter: known.length + 1 }, (asked) =>
    asTenant(database, { platformId, projectId }, (tx) =>
      tx.query(
        `SELECT u.id, u.email, u.first_name, u.last_name, u.created_at::text AS cursor_at FROM registry.app_user u
         WHERE u.platform_id = $1 AND ${owns} AND ${asked.condition} ORDER BY ${asked.order} LIMIT ${asked.limit}`,
        [...known, ...asked.values],
      )));
  const data = page.rows.map(({ id, email, first_name: firstName, last_name: lastName }) => ({ id, email, firstName, lastName }));
  return { data, next: page.next, previous: page.previous };
}
