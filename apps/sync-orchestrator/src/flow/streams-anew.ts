import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from 'typeorm';
import type { Destination, FlowStream } from '@trunkline/contracts';
import type { Outbox } from '@trunkline/persistence';
import { cancelRuns } from '../run/cancel-runs.js';

/** What decides which records of which stream are where. */
export interface Readings {
  readonly connectionId: string;
  readonly streams: readonly FlowStream[] | null;
  readonly destination: Destination;
}

/** Whether a flow that changes from the one into the other has nothing of a stream any more where it is to be: it is read anew then. Pure. */
export function isAnew(before: Readings, after: Readings): (stream: string) => boolean {
  if (before.connectionId !== after.connectionId || writesTo(before) !== writesTo(after)) return () => true;
  return (stream) => !isDeepStrictEqual([fieldsOf(before, stream), targetOf(before, stream)], [fieldsOf(after, stream), targetOf(after, stream)]);
}

const writesTo = ({ destination }: Readings): string | null => (destination.type === 'connection' ? destination.connectionId : null);
const targetOf = ({ destination }: Readings, stream: string): unknown => (destination.type === 'connection' ? (destination.targets[stream] ?? null) : null);
/** In any order the same ones; of a stream that is not chosen all there are, should it be chosen later. */
const fieldsOf = ({ streams }: Readings, stream: string): readonly string[] | null => {
  const fields = streams?.find(({ name }) => name === stream)?.fields ?? null;
  return fields === null ? null : [...fields].sort();
};

/**
 * These streams of a flow begin anew, as they are of another account, go elsewhere or carry other members: what is under way is
 * cancelled, because it reads what was. The caller holds the flow, and changes it in the same transaction.
 */
export async function beginAnew(tx: EntityManager, outbox: Outbox, flowId: string, anew: (stream: string) => boolean, reason: { code: string; message: string }): Promise<void> {
  const known = (await tx.query('SELECT stream FROM sync.checkpoint WHERE flow_id = $1 UNION SELECT stream FROM sync.task WHERE flow_id = $1', [flowId])) as { stream: string }[];
  const streams = known.map(({ stream }) => stream).filter(anew);
  if (streams.length === 0) return;
  await cancelRuns(tx, outbox, flowId, reason);
  await forgetPlaces(tx, flowId, streams);
}

/** Where reading stood is forgotten; generations and versions go on, so what is read anew is newer. */
export async function forgetPlaces(tx: EntityManager, flowId: string, streams: readonly string[]): Promise<void> {
  const places = `UPDATE sync.checkpoint SET state = NULL, version = version + 1, updated_at = now() WHERE flow_id = $1 AND stream = ANY($2) AND state IS NOT NULL`;
  await tx.query(places, [flowId, streams]);
}
