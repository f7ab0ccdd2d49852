import type { DataSource, EntityManager } from 'typeorm';
import { rowsIn, type Statement } from '../sql.js';
import { tenantRole } from './tenant-role.js';

/** Whose rows a request may touch. Without a project: all of the platform. Without a platform: the installation's operator. */
export interface Tenant {
  readonly platformId: string | null;
  readonly projectId: string | null;
}

/**
 * Runs a request's work in one transaction behind the second wall: as a role that row-level security applies to, with the tenant set
 * for this transaction alone. A query that forgot its tenant finds nothing there instead of everything.
 *
 * The operator, and work that is nobody's request (sweeps, consumers), runs as the owner of the tables and is not walled in.
 */
export const asTenant = <Result>(database: DataSource, tenant: Tenant, work: (tx: EntityManager) => Promise<Result>): Promise<Result> =>
  database.transaction(async (tx) => {
    if (tenant.platformId !== null) await enterTenant(tx, tenant);
    return work(tx);
  });

const enter: Statement = {
  name: 'enter_tenant',
  text: `SELECT set_config('trunkline.platform', $1, true), set_config('trunkline.project', $2, true), set_config('role', '${tenantRole}', true)`,
};

/** The same for a transaction that has begun already. It lasts until the transaction ends. */
export async function enterTenant(tx: EntityManager, { platformId, projectId }: Tenant): Promise<void> {
  await rowsIn(tx, enter, [platformId ?? '', projectId ?? '']);
}
