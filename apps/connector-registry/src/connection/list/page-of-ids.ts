import type { Catalog } from '@trunkline/catalog';
import { connectionStatus, type connections, type RequestOf } from '@trunkline/contracts';
import type { PageQuery } from '@trunkline/persistence';
import type { TenantPrincipal } from '../../access/require-tenant.js';

export type Filters = Omit<RequestOf<typeof connections.all>, 'principal'>;

/** Text in which `%`, `_` and `\` stand for themselves. */
const likePart = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

/** Values of a statement, each as its `$n`. */
class Values {
  readonly list: unknown[] = [];
  readonly add = (value: unknown): string => `$${this.list.push(value)}`;
}

export interface IdsQuery {
  /** How many parameters there are before those of the page. */
  readonly values: readonly unknown[];
  readonly text: (page: Omit<PageQuery, 'values'>) => string;
}

/**
 * The ids of one page. Each combination of place (the project's own, shared with it) and status is asked for by itself, in the order of an
 * index of its own, and the first of all of them are taken: a few rare rows among very many are then found where they stand.
 */
export function idsQuery(catalog: Catalog, who: TenantPrincipal, filters: Filters): IdsQuery {
  const values = new Values();
  const places = placesOf(values, who, filters);
  const rest = conditionsOf(values, catalog, filters);
  const statuses = statusesOf(values, filters);
  const branches = places.flatMap((place) => statuses.map((status) => [place, status, ...rest].filter((condition) => condition !== '').join(' AND ')));
  return {
    values: values.list,
    text: ({ condition, order, limit }) => {
      const branch = (where: string) => `(SELECT c.id, c.created_at FROM registry.connection c WHERE ${where} AND ${condition} ORDER BY ${order} LIMIT ${limit})`;
      return `SELECT c.id, c.created_at::text AS cursor_at FROM (${branches.map(branch).join(' UNION ALL ')}) c ORDER BY ${order} LIMIT ${limit}`;
    },
  };
}

function placesOf({ add }: Values, { platformId, projectId }: TenantPrincipal, { scope }: Filters): string[] {
  const ofPlatform = `c.platform_id = ${add(platformId)}`;
  if (projectId === null) return [scope === undefined ? ofPlatform : `${ofPlatform} AND c.scope = ${add(scope)}`];
  const project = add(projectId);
  const own = `${ofPlatform} AND c.scope = 'PROJECT' AND c.project_id = ${project}`;
  const shared = `${ofPlatform} AND c.scope = 'PLATFORM' AND c.id IN (SELECT s.connection_id FROM registry.connection_project s WHERE s.project_id = ${project})`;
  return scope === undefined ? [own, shared] : [scope === 'PROJECT' ? own : shared];
}

/** Only those that are degraded are asked for a reason. At least one condition, so that there is a branch. */
function statusesOf({ add }: Values, filters: Filters): string[] {
  // An empty list asks for nothing in particular.
  const [status, statusReason] = [filters.status ?? [], filters.statusReason ?? []];
  if (status.length === 0 && statusReason.length === 0) return [''];
  return [...new Set(status.length === 0 ? connectionStatus.options : status)].flatMap((wanted) => {
    if (wanted !== 'degraded' || statusReason.length === 0) return [`c.status = ${add(wanted)}`];
    // The literal lets the planner see that the index of degraded ones fits.
    return [...new Set(statusReason)].map((reason) => `c.status = 'degraded' AND c.status_reason = ${add(reason)}`);
  });
}

function conditionsOf({ add }: Values, catalog: Catalog, { connector, displayName, ownerId, externalId }: Filters): string[] {
  const conditions: string[] = [];
  // A connection outlives its connector's place in the catalog, and is still found by the id it has.
  if (connector !== undefined) conditions.push(`c.connector = ${add(catalog.find(connector)?.id ?? connector)}`);
  if (displayName !== undefined) conditions.push(`c.display_name ILIKE ${add(likePart(displayName))}`);
  if (ownerId !== undefined) conditions.push(`c.owner_id = ${add(ownerId)}`);
  if (externalId !== undefined) conditions.push(`c.external_id = ${add(externalId)}`);
  return conditions;
}
