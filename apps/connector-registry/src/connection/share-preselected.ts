import type { Outbox } from '@trunkline/persistence';
import type { EntityManager } from 'typeorm';
import { ConnectionRow } from './connection.entity.js';
import { tellConfigured } from './move-connection.js';

/** Shares with a new project, in the transaction that makes it, the connections of its platform that are meant for every new one. */
export async function sharePreselected(
  tx: EntityManager,
  { platformId, projectId }: { readonly platformId: string; readonly projectId: string },
  outbox: Outbox,
): Promise<void> {
  // In one order, so that two projects made at once wait for each other instead of ending in a deadlock.
  const rows = await tx.find(ConnectionRow, {
    where: { platformId, scope: 'PLATFORM', preSelectForNewProjects: true },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  for (const { id } of rows.filter(({ deletedAt }) => deletedAt === null)) {
    await tx.query('INSERT INTO registry.connection_project (platform_id, connection_id, project_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [platformId, id, projectId]);
    await tx.update(ConnectionRow, { id }, { updatedAt: () => 'now()', version: () => 'version + 1' });
    await tellConfigured(outbox, tx, await tx.findOneByOrFail(ConnectionRow, { id }));
  }
}
