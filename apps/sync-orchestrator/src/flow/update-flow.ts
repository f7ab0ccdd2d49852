import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from 'typeorm';
import type { Connection, Flow, flows, RequestOf } from '@trunkline/contracts';
import { asTenant, tellAudit } from '@trunkline/persistence';
import { keepBrief } from '../brief-transaction.js';
import { changedRows } from '../changed-rows.js';
import { readCron } from '../schedule/next-fire.js';
import { clockOf, nextRunAfterChange, whenChanged } from '../schedule/when.js';
import { usableSource } from '../source/usable-source.js';
import { checkKinds, checkTargets } from './check-destination.js';
import { checkGrant, checkStreams } from './check-streams.js';
import { findFlow } from './find-flow.js';
import { flowColumns, invalid, tenantOf, toFlow, type FlowRecord } from './flow.js';
import { destinationConnection, holdEnds } from './flow-ends.js';
import type { FlowParts } from './flow-parts.js';
import { beginAnew, isAnew } from './streams-anew.js';

type Request = RequestOf<typeof flows.update>;
/** What the registry says of the ends that are looked at; null: that end stays and nothing hangs on it. */
interface Ends {
  readonly source: Connection | null;
  readonly writesTo: Connection | null;
}

/** Changes a flow from its next run on; a run under way reads what it began with, unless that is to be elsewhere or of another account now. */
export async function updateFlow(parts: FlowParts, { principal, id, change }: Request): Promise<Flow> {
  const { database, outbox, connectors } = parts;
  const tenant = tenantOf(principal, 'flows:write');
  if (typeof change.cron === 'string') readCron(change.cron);
  const before = await asTenant(database, tenant, (tx) => findFlow(tx, tenant, id));
  const ends = await endsOf(parts, principal, before, change);
  await connectors.ready(before.connector, ends.source?.connector, ends.writesTo?.connector);

  return asTenant(database, tenant, async (tx) => {
    await keepBrief(tx);
    const { sourceState, destinationState } = await holdEnds(tx, change.connectionId === undefined ? null : ends.source, ends.writesTo);
    const flow = await findFlow(tx, tenant, id, { lock: true });
    const connector = connectors.find(ends.source?.connector ?? flow.connector);
    const after = changedFlow(flow, change, ends.source);
    if (change.connectionId !== undefined || change.streams !== undefined || change.destination !== undefined) {
      checkStreams(connector, after.streams);
      if (ends.source !== null) checkGrant(connector, after.streams, ends.source);
      checkTargets(after.destination, { sourceId: after.connectionId, source: connector, streams: after.streams });
    }
    if (change.destination !== undefined) checkKinds(change.destination, ends.writesTo === null ? undefined : connectors.find(ends.writesTo.connector));
    const changed = members.filter((name) => !isDeepStrictEqual(after[name], flow[name]));
    if (changed.length === 0) return toFlow(flow, connector);
    const reason = changed.includes('connectionId')
      ? { code: 'connection_replaced', message: 'The flow reads another connection now.' }
      : { code: 'flow_changed', message: 'The flow reads or writes something else now.' };
    await beginAnew(tx, outbox, id, isAnew(flow, after), reason);
    const nextRunAt = nextRunAfterChange({ before: flow, after }, await clockOf(tx));
    const writtenState = after.destination.type === 'analytics' ? null : (destinationState ?? flow.destinationState);
    const standing = { nextRunAt, sourceState: sourceState ?? flow.sourceState, destinationState: writtenState };
    const updated = await write(tx, { ...after, ...standing }, changed.includes('connectionId') ? ends.source : null);
    await tellAudit(outbox, tx, { who: principal, tenant: { ...tenant, projectId: flow.projectId }, action: 'flow.updated', target: { type: 'flow', id }, details: { changed } });
    return toFlow(updated, connector);
  });
}

/** Asked of the registry only where something hangs on it: another source, more streams of this one, another destination. */
async function endsOf({ rpc }: FlowParts, principal: Request['principal'], before: FlowRecord, change: Request['change']): Promise<Ends> {
  const moves = change.connectionId !== undefined && change.connectionId !== before.connectionId;
  if (moves && before.isDefault) throw invalid('connectionId', 'this flow came with its connection and reads no other; make a flow of your own');
  const looks = moves || (change.streams !== undefined && change.streams !== null);
  return {
    source: looks ? await usableSource(rpc, principal, before.projectId, change.connectionId ?? before.connectionId) : null,
    writesTo: change.destination === undefined ? null : await destinationConnection(rpc, principal, before.projectId, change.destination),
  };
}

const members = ['displayName', 'connectionId', 'streams', 'destination', 'intervalSeconds', 'cron', 'enabled'] as const;

function changedFlow(flow: FlowRecord, change: Request['change'], source: Connection | null): FlowRecord {
  const { displayName, streams, destination, enabled } = change;
  return {
    ...flow,
    displayName: displayName ?? flow.displayName,
    connectionId: change.connectionId ?? flow.connectionId,
    connector: change.connectionId === undefined ? flow.connector : (source?.connector ?? flow.connector),
    streams: streams === undefined ? flow.streams : streams,
    destination: destination === undefined ? flow.destination : destination,
    enabled: enabled ?? flow.enabled,
    ...whenChanged(flow, change),
  };
}

async function write(tx: EntityManager, flow: FlowRecord, source: Connection | null): Promise<FlowRecord> {
  const [updated] = await changedRows<FlowRecord>(
    tx,
    `UPDATE sync.flow
     SET display_name = $2, streams = $3::jsonb, destination = $4::jsonb, destination_state = $5, interval_seconds = $6, cron = $7, enabled = $8, connection_id = $9, connector = $10, source_state = $11,
         owner_id = CASE WHEN $12 THEN $13 ELSE owner_id END, inputs = CASE WHEN $12 THEN $14::jsonb ELSE inputs END, next_run_at = $15, updated_at = now()
     WHERE id = $1 RETURNING ${flowColumns}`,
    [
      flow.id,
      flow.displayName,
      flow.streams === null ? null : JSON.stringify(flow.streams),
      JSON.stringify(flow.destination),
      flow.destinationState,
      flow.intervalSeconds,
      flow.cron,
      flow.enabled,
      flow.connectionId,
      flow.connector,
      flow.sourceState,
      source !== null,
      source?.ownerId ?? null,
      JSON.stringify(source?.inputs ?? {}),
      flow.nextRunAt,
    ],
  );
  return updated!;
}
