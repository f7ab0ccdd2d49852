import { connectionActivated, connectionDegraded, type StatusReason } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import type { RegistryParts } from '../registry-parts.js';
import { ConnectionRow } from './connection.entity.js';
import { after, factOf, type Fact, type Move } from './connection.js';

type Change = Partial<Pick<ConnectionRow, 'credentialVersion' | 'accountId' | 'accountName'>> & { connectedNow?: boolean };

/**
 * The row, held until the transaction ends: moves of one connection happen one after the other. A message names the project it speaks
 * of; a connection of another project is then none.
 */
export const lockConnection = (tx: EntityManager, id: string, projectId?: string): Promise<ConnectionRow | null> =>
  tx.findOne(ConnectionRow, { where: projectId === undefined ? { id } : { id, projectId }, lock: { mode: 'pessimistic_write' } });

/** Moves a locked connection, writes what came with the move, and announces the change, all in one transaction. */
export async function moveConnection(
  { outbox }: RegistryParts,
  tx: EntityManager,
  row: ConnectionRow,
  move: { name: Move; reason?: StatusReason },
  { connectedNow = false, ...change }: Change = {},
): Promise<ConnectionRow> {
  const now = after(row, move.name, move.reason);
  await tx.update(ConnectionRow, { id: row.id }, {
    ...change,
    ...now,
    ...(connectedNow ? { connectedAt: () => 'now()', openAttempts: 0 } : {}),
    updatedAt: () => 'now()',
    version: () => 'version + 1',
  });
  const moved = await tx.findOneByOrFail(ConnectionRow, { id: row.id });
  const fact = factOf(row, now);
  if (fact !== null) await announce(outbox, tx, moved, fact);
  return moved;
}

async function announce(outbox: RegistryParts['outbox'], tx: EntityManager, row: ConnectionRow, fact: Fact): Promise<void> {
  const about = { connectionId: row.id, platformId: row.platformId, projectId: row.projectId, connector: row.connector };
  if (fact.kind === 'degraded') await outbox.addEvent(tx, connectionDegraded, { ...about, reason: fact.reason }, row.id);
  else await outbox.addEvent(tx, connectionActivated, { ...about, ownerId: row.ownerId, inputs: row.inputs, recovered: fact.recovered }, row.id);
}
