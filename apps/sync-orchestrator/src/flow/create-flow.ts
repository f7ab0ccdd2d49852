import { newId, type Flow, type flows, type RequestOf } from '@trunkline/contracts';
import { asTenant, tellAudit } from '@trunkline/persistence';
import { keepBrief } from '../brief-transaction.js';
import { projectOf } from '../run/project-of.js';
import { nextFire, readCron } from '../schedule/next-fire.js';
import { clockOf, whenOf } from '../schedule/when.js';
import { usableSource } from '../source/usable-source.js';
import { checkKinds, checkTargets } from './check-destination.js';
import { checkGrant, checkStreams } from './check-streams.js';
import { flowColumns, tenantOf, toFlow, type FlowRecord } from './flow.js';
import { destinationConnection, holdEnds } from './flow-ends.js';
import type { FlowParts } from './flow-parts.js';

/** A new flow of the principal's project, on a connection the project may use. Its records belong to that project. */
export async function createFlow({ database, outbox, rpc, connectors, context }: FlowParts, { principal, flow }: RequestOf<typeof flows.create>): Promise<Flow> {
  const projectId = projectOf(principal, ['flows:write']);
  const tenant = { ...tenantOf(principal, 'flows:write'), projectId };
  const when = whenOf(flow);
  if (when.cron !== null) readCron(when.cron);
  const connection = await usableSource(rpc, principal, projectId, flow.connectionId);
  await connectors.ready(connection.connector);
  const connector = connectors.find(connection.connector);
  checkStreams(connector, flow.streams);
  checkGrant(connector, flow.streams, connection);
  const writesTo = await destinationConnection(rpc, principal, projectId, flow.destination);
  await connectors.ready(writesTo?.connector);
  checkTargets(flow.destination, { sourceId: connection.id, source: connector, streams: flow.streams });
  checkKinds(flow.destination, writesTo === null ? undefined : connectors.find(writesTo.connector));
  return asTenant(database, tenant, async (tx) => {
    await keepBrief(tx);
    const { sourceState, destinationState } = await holdEnds(tx, connection, writesTo);
    const nextRunAt = when.cron === null ? null : nextFire(when.cron, await clockOf(tx));
    const [made] = (await tx.query(
      `INSERT INTO sync.flow (id, platform_id, project_id, connection_id, connector, owner_id, inputs, is_default, display_name, streams, destination, destination_state, interval_seconds, cron, enabled,
                              source_state, next_run_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, false, $8, $9::jsonb, $10::jsonb, $11, $12::int, $13, $14, $15,
               CASE WHEN $12::int IS NULL THEN $16::timestamptz ELSE now() + make_interval(secs => $17) END)
       RETURNING ${flowColumns}`,
      [
        newId('flow'),
        tenant.platformId,
        projectId,
        connection.id,
        connection.connector,
        connection.ownerId,
        JSON.stringify(connection.inputs),
        flow.displayName,
        flow.streams === null ? null : JSON.stringify(flow.streams),
        JSON.stringify(flow.destination),
        destinationState,
        when.intervalSeconds,
        when.cron,
        flow.enabled,
        sourceState,
        nextRunAt,
        context.config.firstDelaySeconds,
      ],
    )) as [FlowRecord];
    const details = { connectionId: connection.id, connector: connection.connector, ...(writesTo === null ? {} : { destinationId: writesTo.id }) };
    await tellAudit(outbox, tx, { who: principal, tenant, action: 'flow.created', target: { type: 'flow', id: made.id }, details });
    return toFlow(made, connector);
  });
}
