import { connectionActivated, connectionBroken, connectionConfigured, connectionDisabled, connectionRecovered, type DataOf, type StatusReason } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import type { RegistryParts } from '../registry-parts.js';
import { ConnectionRow } from './connection.entity.js';
import { after, factOf, isEnabled, type Fact, type Move } from './connection.js';

type Change = Partial<Pick<ConnectionRow, 'credentialVersion' | 'accountId' | 'accountName' | 'type' | 'inputs' | 'grantedScopes' | 'openAttempts'>> & {
  connectedNow?: boolean;
  deletedNow?: boolean;
};

/** Who a message speaks of. A message that names a project means no connection of another one; null: one of the platform. */
export interface Named {
  readonly connectionId: string;
  readonly projectId?: string | null;
}

/** The row, held until the transaction ends: moves of one connection happen one after the other. */
export async function lockConnection(tx: EntityManager, { connectionId, projectId }: Named): Promise<ConnectionRow | null> {
  const row = await tx.findOne(ConnectionRow, { where: { id: connectionId }, lock: { mode: 'pessimistic_write' } });
  return row === null || (projectId !== undefined && projectId !== row.projectId) ? null : row;
}

/** Moves a locked connection, writes what came with the move, and announces the change, all in one transaction. */
export async function moveConnection(
  { outbox }: Pick<RegistryParts, 'outbox'>,
  tx: EntityManager,
  row: ConnectionRow,
  move: { name: Move; reason?: StatusReason },
  { connectedNow = false, deletedNow = false, ...change }: Change = {},
): Promise<ConnectionRow> {
  const now = after(row, move.name, move.reason);
  await tx.update(ConnectionRow, { id: row.id }, {
    ...change,
    ...now,
    ...(connectedNow ? { connectedAt: () => 'now()', openAttempts: 0 } : {}),
    ...(deletedNow ? { deletedAt: () => 'now()' } : {}),
    updatedAt: () => 'now()',
    version: () => 'version + 1',
  });
  const moved = await tx.findOneByOrFail(ConnectionRow, { id: row.id });
  const fact = factOf(row, now);
  if (fact !== null) await announce(outbox, tx, moved, fact);
  if (isEnabled(row) !== isEnabled(now)) await tellConfigured(outbox, tx, moved);
  return moved;
}

/** What every fact about a connection says first. */
export const factAbout = ({ id, platformId, projectId, connector }: ConnectionRow) => ({ connectionId: id, platformId, projectId, connector });

async function announce(outbox: RegistryParts['outbox'], tx: EntityManager, row: ConnectionRow, fact: Fact): Promise<void> {
  const about = factAbout(row);
  switch (fact.kind) {
    case 'activated':
      if (fact.recovered) await outbox.addEvent(tx, connectionRecovered, about, row.id);
      return outbox.addEvent(tx, connectionActivated, { ...about, ownerId: row.ownerId, inputs: row.inputs, recovered: fact.recovered }, row.id);
    case 'degraded':
      return outbox.addEvent(tx, connectionBroken, { ...about, reason: fact.reason }, row.id);
    case 'disabled':
      return outbox.addEvent(tx, connectionDisabled, about, row.id);
  }
}

/** Tells the keeper who may use the connection now. `row` is as it stands after the change: its version orders what is told. */
export async function tellConfigured(outbox: RegistryParts['outbox'], tx: EntityManager, row: ConnectionRow): Promise<void> {
  await outbox.addEvent(tx, connectionConfigured, await configurationOf(tx, row), row.id);
}

/** What the keeper must know of a connection besides its credential. Read where nothing of the platform is hidden. */
export async function configurationOf(tx: EntityManager, row: ConnectionRow): Promise<DataOf<typeof connectionConfigured>> {
  return { ...factAbout(row), version: row.version, enabled: isEnabled(row), projectIds: await projectsOf(tx, row), ownerId: row.ownerId };
}

/** The projects that may use a connection. */
export async function projectsOf(tx: EntityManager, { id, projectId }: Pick<ConnectionRow, 'id' | 'projectId'>): Promise<string[]> {
  if (projectId !== null) return [projectId];
  const rows: { project_id: string }[] = await tx.query('SELECT project_id FROM registry.connection_project WHERE connection_id = $1 ORDER BY project_id', [id]);
  return rows.map((row) => row.project_id);
}
