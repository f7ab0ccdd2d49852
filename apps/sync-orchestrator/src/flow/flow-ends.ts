import type { EntityManager } from 'typeorm';
import type { Connection, Destination, Principal } from '@trunkline/contracts';
import type { RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { holdSources, sourceOf, type SourceState } from '../source/source.js';
import { usableSource } from '../source/usable-source.js';

/** The connection a flow writes to, if it does, as the registry knows it; usable in the project as one it reads is. */
export const destinationConnection = async (rpc: RpcClient, principal: Principal, projectId: string, destination: Destination): Promise<Connection | null> =>
  destination.type === 'analytics' ? null : usableSource(rpc, principal, projectId, destination.connectionId);

/**
 * Holds both ends of a flow that is made or changed until the transaction ends, in the order of everyone; null: that end stays.
 *
 * @throws AppError ENTITY_NOT_FOUND if one was deleted just now
 */
export async function holdEnds(tx: EntityManager, source: Connection | null, destination: Connection | null): Promise<{ sourceState: SourceState | null; destinationState: SourceState | null }> {
  const ends = [source, destination].filter((end) => end !== null);
  if (ends.length === 0) return { sourceState: null, destinationState: null };
  const states = await holdSources(tx, ends.map(sourceOf));
  for (const { id, status } of ends) {
    if (states.get(id) === 'missing' && status !== 'missing') throw AppError.notFound('connection', id);
  }
  const stateOf = (end: Connection | null) => (end === null ? null : states.get(end.id)!);
  return { sourceState: stateOf(source), destinationState: stateOf(destination) };
}
