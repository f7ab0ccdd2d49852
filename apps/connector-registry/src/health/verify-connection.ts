import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant } from '../access/require-tenant.js';
import { findConnection } from '../connection/find-connection.js';
import { tenantOf } from '../connection/rights.js';
import { visibleConnection } from '../connection/to-connection.js';
import type { RegistryParts } from '../registry-parts.js';
import { claimVerification } from './claim-verifications.js';
import { settleStatus } from './settle-status.js';
import { verifyCredential } from './verify-credential.js';

/** Asks the provider now whether the credential works, whatever is known of it. */
export async function verifyConnection(parts: RegistryParts, { principal, id }: RequestOf<typeof connections.verify>): Promise<ReplyOf<typeof connections.verify>> {
  const who = requireTenant(principal, 'connections:write');
  const within = tenantOf(who);
  const row = await asTenant(parts.database, within, (tx) => findConnection(tx, who, id, false));
  if (row.status === 'disabled') throw new AppError('CONNECTION_DISABLED', 'This connection is disabled. Enable it first.');
  if (row.credentialVersion === null || row.deletedAt !== null) throw new AppError('VALIDATION', 'This connection has no credential yet. Connect it first.');
  const taken = await claimVerification(parts.database, id);
  if (taken === undefined) throw AppError.notFound('app_connection', id);
  const { outcome, message } = await verifyCredential(parts, taken);
  await settleStatus(parts, id);
  const connection = await asTenant(parts.database, within, (tx) => visibleConnection(tx, who, id));
  return { connection, outcome, message };
}
