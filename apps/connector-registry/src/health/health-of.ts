import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant } from '../access/require-tenant.js';
import { findConnection } from '../connection/find-connection.js';
import { tenantOf } from '../connection/rights.js';
import type { RegistryParts } from '../registry-parts.js';
import { readHealth } from './health-row.js';

/** What is known of a connection's calls, and when it is looked at next. */
export async function healthOf({ database }: RegistryParts, { principal, id }: RequestOf<typeof connections.health>): Promise<ReplyOf<typeof connections.health>> {
  const who = requireTenant(principal, 'connections:read');
  const row = await asTenant(database, tenantOf(who), async (tx) => {
    await findConnection(tx, who, id, false);
    return readHealth(tx, id);
  });
  if (row === undefined) throw AppError.notFound('app_connection', id);
  const text = (moment: Date | null) => moment?.toISOString() ?? null;
  return {
    id,
    status: row.status,
    statusReason: row.status_reason,
    calls: row.calls,
    lastSucceededAt: text(row.last_succeeded_at),
    lastFailedAt: text(row.last_failed_at),
    verifiedAt: text(row.verified_at),
    computedAt: text(row.computed_at),
    nextComputeAt: text(row.next_compute_at),
  };
}
