import type { EntityManager } from 'typeorm';
import type { Connection, Flow, flows, RequestOf } from '@trunkline/contracts';
import { asTenant, tellAudit } from '@trunkline/persistence';
import { keepBrief } from '../brief-transaction.js';
import { changedRows } from '../changed-rows.js';
import { holdSource } from '../source/source.js';
import { usableSource } from '../source/usable-source.js';
import { findFlow } from './find-flow.js';
import { checkStreams, flowColumns, invalid, tenantOf, toFlow, type FlowRecord } from './flow.js';
import type { FlowParts } from './flow-parts.js';
import { leaveSource } from './leave-source.js';

type Change = RequestOf<typeof flows.update>['change'];

/** Changes a flow from its next run on; a run under way reads what it began with, unless the connection itself is another one now. */
export async function updateFlow(parts: FlowParts, { principal, id, change }: RequestOf<typeof flows.update>): Promise<Flow> {
  const { database, outbox, rpc, connectors } = parts;
  const tenant = tenantOf(principal, 'flows:write');
  const before = await asTenant(database, tenant, (tx) => findFlow(tx, tenant, id));
  const moves = change.connectionId !== undefined && change.connectionId !== before.connectionId;
  if (moves && before.isDefault) throw invalid('connectionId', 'this flow came with its connection and reads no other; make a flow of your own');
  const target = moves ? await usableSource(rpc, principal, before.projectId, change.connectionId!) : null;

  return asTenant(database, tenant, async (tx) => {
    await keepBrief(tx);
    const targetState = target === null ? null : await holdSource(tx, target);
    const flow = await findFlow(tx, tenant, id, { lock: true });
    const connector = connectors.find(target?.connector ?? flow.connector);
    const streams = change.streams === undefined ? flow.streams : change.streams;
    if (target !== null || change.streams !== undefined) checkStreams(connector, streams);
    const changed = membersChanged(flow, change);
    if (changed.length === 0) return toFlow(flow, connector);
    if (target !== null && changed.includes('connectionId')) await leaveSource(tx, outbox, [id], { code: 'connection_replaced', message: 'The flow reads another connection now.' });
    const updated = await write(tx, flow, { ...change, streams }, target, targetState);
    await tellAudit(outbox, tx, { who: principal, tenant: { ...tenant, projectId: flow.projectId }, action: 'flow.updated', target: { type: 'flow', id }, details: { changed } });
    return toFlow(updated, connector);
  });
}

const members = ['displayName', 'connectionId', 'streams', 'intervalSeconds', 'enabled'] as const;
const membersChanged = (flow: FlowRecord, change: Change): string[] => members.filter((name) => change[name] !== undefined && JSON.stringify(change[name]) !== JSON.stringify(flow[name]));

/** A shorter interval counts from now; a longer one from the fire that is next. */
async function write(tx: EntityManager, flow: FlowRecord, change: Change, target: Connection | null, targetState: string | null): Promise<FlowRecord> {
  const [updated] = await changedRows<FlowRecord>(
    tx,
    `UPDATE sync.flow
     SET display_name = $2, streams = $3, interval_seconds = $4, enabled = $5, connection_id = $6, connector = $7, source_state = coalesce($8, source_state),
         owner_id = CASE WHEN $9 THEN $10 ELSE owner_id END, inputs = CASE WHEN $9 THEN $11::jsonb ELSE inputs END,
         next_run_at = CASE WHEN $4 < interval_seconds THEN least(next_run_at, now() + make_interval(secs => $4)) ELSE next_run_at END, updated_at = now()
     WHERE id = $1 RETURNING ${flowColumns}`,
    [
      flow.id,
      change.displayName ?? flow.displayName,
      change.streams,
      change.intervalSeconds ?? flow.intervalSeconds,
      change.enabled ?? flow.enabled,
      target?.id ?? flow.connectionId,
      target?.connector ?? flow.connector,
      targetState,
      target !== null,
      target?.ownerId ?? null,
      JSON.stringify(target?.inputs ?? {}),
    ],
  );
  return updated!;
}
