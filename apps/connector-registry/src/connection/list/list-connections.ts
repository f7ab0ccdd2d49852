import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { requireTenant } from '../../access/require-tenant.js';
import { catalogFor } from '../../connector-definition/catalog-for.js';
import type { RegistryParts } from '../../registry-parts.js';
import { tenantOf } from '../rights.js';
import { toConnections } from '../to-connection.js';
import { idsQuery } from './page-of-ids.js';

type Contract = typeof connections.list;

/** More than a client that knows no pages can use. */
const most = 1_000;

/**
 * A page of the project's (or the platform's) connections, oldest first.
 *
 * Which ones they are is asked outside the second wall: its conditions come before any filter that could leak, so no index would be of use
 * for parts of names. What is in them is read behind it, where a row of somebody else's is none.
 */
export async function listConnections(parts: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { database, pages } = parts;
  const { principal, limit, cursor, ...filters } = request;
  const who = requireTenant(principal, 'connections:read');
  const query = idsQuery(await catalogFor(parts, who, filters.connector), who, filters);
  const binding = { list: 'connections', platformId: who.platformId, projectId: who.projectId, ...filters };
  const columns = { at: 'c.created_at', id: 'c.id' };
  const page = await pages.read<{ id: string; cursor_at: string }>({ limit, cursor }, binding, { columns, firstParameter: query.values.length + 1 }, ({ values, ...asked }) =>
    database.query(query.text(asked), [...query.values, ...values]));
  const ids = page.rows.map(({ id }) => id);
  return { data: await asTenant(database, tenantOf(who), (tx) => toConnections(tx, ids)), next: page.next, previous: page.previous };
}

/** All of them at once, up to a limit. */
export async function allConnections(parts: RegistryParts, request: RequestOf<typeof connections.all>): Promise<ReplyOf<typeof connections.all>> {
  const { principal, ...filters } = request;
  const who = requireTenant(principal, 'connections:read');
  const { text, values } = idsQuery(await catalogFor(parts, who, filters.connector), who, filters);
  const rows: { id: string }[] = await parts.database.query(text({ limit: most, condition: 'true', order: 'c.created_at, c.id' }), [...values]);
  return { connections: await asTenant(parts.database, tenantOf(who), (tx) => toConnections(tx, rows.map(({ id }) => id))) };
}
