import type { EntityManager } from 'typeorm';
import type { Run, RequestOf, runs } from '@trunkline/contracts';
import { asTenant, tellAudit } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { keepBrief } from '../brief-transaction.js';
import { findFlow } from '../flow/find-flow.js';
import { tenantOf, type FlowRecord } from '../flow/flow.js';
import type { FlowParts } from '../flow/flow-parts.js';
import { withStreams } from './find-run.js';
import { RunRow } from './run.entity.js';
import { activeRunStatuses } from './run.js';
import { startRuns, type RunToStart } from './start-runs.js';

/** Runs a flow now, also one without a schedule, or that is switched off; or answers the run that is under way. */
export async function startRun(parts: FlowParts, { principal, flowId, full }: RequestOf<typeof runs.start>): Promise<Run> {
  const { database, outbox, connectors } = parts;
  const tenant = tenantOf(principal, 'syncs:run');
  await connectors.ready((await asTenant(database, tenant, (tx) => findFlow(tx, tenant, flowId))).connector);
  return asTenant(database, tenant, async (tx) => {
    await keepBrief(tx);
    const flow = await findFlow(tx, tenant, flowId, { lock: true });
    const underWay = await runUnderWay(tx, flow);
    if (underWay !== null) return underWay;
    const run = await startOne(tx, parts, 'manual', flow, { full });
    await tellAudit(outbox, tx, { who: principal, tenant: { ...tenant, projectId: flow.projectId }, action: 'run.started', target: { type: 'run', id: run.id }, details: { flowId, full } });
    return run;
  });
}

/** The run of a flow that is not over yet, if there is one. */
export async function runUnderWay(tx: EntityManager, { id }: FlowRecord): Promise<Run | null> {
  const found = await tx.createQueryBuilder(RunRow, 'run').where('run.flow_id = :id AND run.status IN (:...active)', { id, active: activeRunStatuses }).getOne();
  return found === null ? null : (await withStreams(tx, [found]))[0]!;
}

/**
 * A run of one flow, which the caller holds, and knows that none is under way.
 *
 * @throws AppError CONFLICT that says what keeps it from running
 */
export async function startOne(
  tx: EntityManager,
  { outbox, connectors }: FlowParts,
  trigger: 'manual' | 'retry',
  flow: FlowRecord,
  how: Pick<RunToStart, 'full' | 'only'>,
): Promise<Run> {
  const offer = connectors.offerOf(flow.connector);
  const hindrance = offer === undefined ? `The connector ${flow.connector} is not offered by this installation.` : hindranceOf(flow);
  if (offer === undefined || hindrance !== null) throw new AppError('CONFLICT', hindrance ?? '', { params: { flowId: flow.id } });
  const { id, connectionId, projectId, connector, streams: chosen, destination } = flow;
  const started = await startRuns(tx, outbox, trigger, [{ id, connectionId, projectId, connector, chosen, destination, offer, ...how }]);
  const run = await tx.findOneByOrFail(RunRow, { id: started.get(flow.id)! });
  return (await withStreams(tx, [run]))[0]!;
}

const byState = { disabled: 'is disabled or not authorized yet: enable it first', missing: 'was deleted: name another one' } as const;

function hindranceOf({ sourceState, destinationState }: FlowRecord): string | null {
  if (sourceState !== 'present') return `The connection the flow reads ${byState[sourceState]}.`;
  if (destinationState !== null && destinationState !== 'present') return `The connection the flow writes to ${byState[destinationState]}.`;
  return null;
}
