import { connectionDeleted } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import type { TenantPrincipal } from '../../access/require-tenant.js';
import { recordAudit } from '../../audit/record-audit.js';
import type { RegistryParts } from '../../registry-parts.js';
import { ConnectionRow } from '../connection.entity.js';
import { factAbout, moveConnection } from '../move-connection.js';
import { noteDeletion, type Deletion } from './connection-deletion.js';

/** Longer than our own request to the keeper can take. */
const headStartSeconds = 10;

/**
 * Takes locked connections away in one transaction: the rows, the facts, and the note that their credentials must go. What flows still
 * name stays as `missing`, so that they can say what they miss.
 * @param isNamed whether flows name a connection
 * @throws AppError VALIDATION if one is just being put in the place of another
 */
export async function removeConnections(
  parts: Pick<RegistryParts, 'outbox'>,
  tx: EntityManager,
  who: Pick<TenantPrincipal, 'kind' | 'id' | 'userId'>,
  rows: readonly ConnectionRow[],
  isNamed: (id: string) => boolean,
): Promise<Deletion[]> {
  await requireNotReplacing(tx, rows);
  const deletions: Deletion[] = [];
  for (const row of rows) {
    const { id, platformId, projectId, connector } = row;
    const named = isNamed(id);
    if (!named) await tx.delete(ConnectionRow, { id });
    else if (row.deletedAt === null) {
      await moveConnection(parts, tx, row, { name: 'delete_while_referenced' }, { deletedNow: true, openAttempts: 0 });
    } else continue;
    if (row.deletedAt === null) {
      await parts.outbox.addEvent(tx, connectionDeleted, factAbout(row), id);
      deletions.push(await noteDeletion(tx, { connectionId: id, platformId, projectId }, headStartSeconds));
    }
    const details = { connector, leftMissing: named };
    await recordAudit(tx, { who, tenant: { platformId, projectId }, action: 'connection.deleted', target: { type: 'app_connection', id }, details });
  }
  return deletions;
}

async function requireNotReplacing(tx: EntityManager, rows: readonly ConnectionRow[]): Promise<void> {
  const ids = rows.map(({ id }) => id);
  const busy: unknown[] = await tx.query('SELECT 1 FROM registry.connection_replacement WHERE source_id = ANY($1) OR target_id = ANY($1) LIMIT 1', [ids]);
  if (busy.length > 0) throw new AppError('VALIDATION', 'This connection is just being replaced by another, or put in its place. Try again in a moment.');
}
