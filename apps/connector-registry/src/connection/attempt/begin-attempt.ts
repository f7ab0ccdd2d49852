import { newId, type ConnectionStatus, type ConnectionType } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import type { EntityManager } from 'typeorm';
import type { TenantPrincipal } from '../../access/require-tenant.js';
import { recordAudit } from '../../audit/record-audit.js';
import type { RegistryParts } from '../../registry-parts.js';
import { requireUser, share } from '../change-connection.js';
import { ConnectionRow } from '../connection.entity.js';
import { projectsOf } from '../move-connection.js';
import { tenantOf } from '../rights.js';
import type { Placing } from './placing.js';
import { reuse } from './reuse-connection.js';

export interface Attempt {
  readonly who: TenantPrincipal;
  readonly placing: Placing;
  readonly type: ConnectionType;
  /** What the audit log says besides. */
  readonly details?: Readonly<Record<string, string>>;
}

/** A row that waits for its credential, and the projects that may use it. */
export interface Begun {
  readonly row: ConnectionRow;
  readonly projectIds: string[];
}

/** Longer than any walk through consent (10 minutes) and any call to a provider together. */
const attemptLife = "now() + interval '15 minutes'";
/** A row can vanish between the conflict and the look at it (its attempt failed just then); the next round inserts. */
const rounds = 10;

/**
 * Makes or finds the row of an attempt to connect. The unique index decides: however many attempts begin at once, one row is there. A
 * connection that works already keeps its status; only success changes what it is.
 *
 * If we die after this, the row stays `pending` and is removed when its time is over ({@link ConnectionRow.pendingUntil}).
 */
export const beginAttempt = ({ database }: RegistryParts, attempt: Attempt): Promise<Begun> =>
  asTenant(database, tenantOf(attempt.who), async (tx) => {
    const { row, isNew } = await findOrMake(tx, attempt, 'pending');
    return isNew ? { row, projectIds: await projectsOf(tx, row) } : countAttempt(tx, attempt.who, row);
  });

/** Another attempt on a row that is there, by somebody who may make it. */
export async function countAttempt(tx: EntityManager, who: TenantPrincipal, { id }: ConnectionRow): Promise<Begun> {
  await tx.update(ConnectionRow, { id }, { openAttempts: () => 'open_attempts + 1', pendingUntil: () => attemptLife, attemptedBy: who });
  const row = await tx.findOneByOrFail(ConnectionRow, { id });
  return { row, projectIds: await projectsOf(tx, row) };
}

/** The row of a place, locked: a new one, or the one that is there and may be connected again. */
export async function findOrMake(tx: EntityManager, attempt: Attempt, status: ConnectionStatus): Promise<{ row: ConnectionRow; isNew: boolean }> {
  const { placing, who } = attempt;
  for (let round = 0; round < rounds; round += 1) {
    const inserted = await insert(tx, attempt, status);
    if (inserted !== null) return { row: inserted, isNew: true };
    const [row] = await tx
      .createQueryBuilder(ConnectionRow, 'c')
      .where('c.platformId = :platformId AND c.scope = :scope AND c.projectId IS NOT DISTINCT FROM :projectId AND c.externalId = :externalId', placing.place)
      .andWhere('c.deletedAt IS NULL')
      .setLock('pessimistic_write')
      .getMany();
    if (row === undefined) continue;
    if (reuse(row, { connector: placing.connector.id }, who) === 'keep') return { row, isNew: false };
    await tx.delete(ConnectionRow, { id: row.id });
  }
  throw new Error('the row of a connection came and went too often');
}

async function insert(tx: EntityManager, { who, placing, type, details: besides = {} }: Attempt, status: ConnectionStatus): Promise<ConnectionRow | null> {
  const { place, connector, inputs, ownerId, change } = placing;
  if (ownerId !== null && ownerId !== who.userId) await requireUser(tx, place.platformId, ownerId);
  const { raw } = await tx
    .createQueryBuilder()
    .insert()
    .into(ConnectionRow)
    .values({
      ...place,
      id: newId('connection'),
      ownerId,
      connector: connector.id,
      pieceName: change.pieceName ?? connector.id,
      pieceVersion: change.pieceVersion ?? null,
      type,
      displayName: change.displayName ?? connector.name,
      metadata: (change.metadata ?? null) as never,
      preSelectForNewProjects: change.preSelectForNewProjects ?? false,
      expiresAt: change.expires === undefined || change.expires === null ? null : new Date(change.expires),
      status,
      inputs,
      openAttempts: status === 'pending' ? 1 : 0,
      pendingUntil: () => attemptLife,
      attemptedBy: who,
    })
    .orIgnore()
    .returning('id')
    .execute();
  const id = (raw as { id: string }[])[0]?.id;
  if (id === undefined) return null;
  const row = await tx.findOneByOrFail(ConnectionRow, { id });
  if (change.projectIds !== undefined) await share(tx, row, change.projectIds);
  const { platformId, projectId, scope } = row;
  const details = { connector: row.connector, type, scope, ...besides };
  await recordAudit(tx, { who, tenant: { platformId, projectId }, action: 'connection.created', target: { type: 'app_connection', id }, details });
  return row;
}
