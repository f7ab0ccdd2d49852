import { newId, type AuthMethodName } from '@trunkline/contracts';
import type { Connector } from '@trunkline/catalog';
import type { EntityManager } from 'typeorm';
import type { ProjectPrincipal } from '../access/require-project.js';
import type { RegistryParts } from '../registry-parts.js';
import { ConnectionRow } from './connection.entity.js';
import { reuse } from './reuse-connection.js';

export interface Attempt {
  readonly who: ProjectPrincipal;
  readonly connector: Connector;
  readonly authMethod: AuthMethodName;
  readonly inputs: Record<string, string>;
  readonly externalId: string | undefined;
  readonly displayName: string | undefined;
}

/** Longer than any walk through consent (10 minutes) and any call to a provider together. */
const attemptLife = "now() + interval '15 minutes'";
/** A row can vanish between the conflict and the look at it (its attempt failed just then); the next round inserts. */
const rounds = 10;

/**
 * Makes or finds the row of an attempt to connect. The unique constraint decides: however many attempts begin at once, one row is
 * there. A connection that works already keeps its status; only success changes what it is.
 *
 * If we die after this, the row stays `pending` and is removed when its time is over ({@link ConnectionRow.pendingUntil}).
 */
export function beginAttempt({ database }: RegistryParts, attempt: Attempt): Promise<ConnectionRow> {
  return database.transaction(async (tx) => {
    for (let round = 0; round < rounds; round += 1) {
      const inserted = await insertPending(tx, attempt);
      if (inserted !== null) return tx.findOneByOrFail(ConnectionRow, { id: inserted });
      const existing = await tx.findOne(ConnectionRow, { where: place(attempt), lock: { mode: 'pessimistic_write' } });
      if (existing === null) continue;
      const { connector, authMethod, inputs } = attempt;
      if (reuse(existing, { connector: connector.id, authMethod, inputs }, attempt.who) === 'replace') {
        await tx.delete(ConnectionRow, { id: existing.id });
        continue;
      }
      await tx.update(ConnectionRow, { id: existing.id }, {
        openAttempts: () => 'open_attempts + 1',
        pendingUntil: () => attemptLife,
        ...(attempt.displayName === undefined ? {} : { displayName: attempt.displayName, updatedAt: () => 'now()', version: () => 'version + 1' }),
      });
      return tx.findOneByOrFail(ConnectionRow, { id: existing.id });
    }
    throw new Error('the row of a connection came and went too often');
  });
}

const externalIdOf = ({ externalId, connector, who }: Attempt): string => externalId ?? `${connector.id}:${who.userId ?? 'project'}`;

const place = (attempt: Attempt) => ({
  platformId: attempt.who.platformId,
  scope: 'PROJECT' as const,
  projectId: attempt.who.projectId,
  externalId: externalIdOf(attempt),
});

async function insertPending(tx: EntityManager, attempt: Attempt): Promise<string | null> {
  const { raw } = await tx
    .createQueryBuilder()
    .insert()
    .into(ConnectionRow)
    .values({
      ...place(attempt),
      id: newId('connection'),
      ownerId: attempt.who.userId,
      connector: attempt.connector.id,
      authMethod: attempt.authMethod,
      displayName: attempt.displayName ?? attempt.connector.name,
      status: 'pending',
      inputs: attempt.inputs,
      openAttempts: 1,
      pendingUntil: () => attemptLife,
    })
    .orIgnore()
    .returning('id')
    .execute();
  return (raw as { id: string }[])[0]?.id ?? null;
}
