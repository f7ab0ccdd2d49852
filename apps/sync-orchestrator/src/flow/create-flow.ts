import { newId, type Flow, type flows, type RequestOf } from '@trunkline/contracts';
import { asTenant, tellAudit } from '@trunkline/persistence';
import { keepBrief } from '../brief-transaction.js';
import { projectOf } from '../run/project-of.js';
import { holdSource } from '../source/source.js';
import { usableSource } from '../source/usable-source.js';
import { checkStreams, flowColumns, tenantOf, toFlow, type FlowRecord } from './flow.js';
import type { FlowParts } from './flow-parts.js';

/** A new flow of the principal's project, on a connection the project may use. Its records belong to that project. */
export async function createFlow({ database, outbox, rpc, connectors, context }: FlowParts, { principal, flow }: RequestOf<typeof flows.create>): Promise<Flow> {
  const projectId = projectOf(principal, ['flows:write']);
  const tenant = { ...tenantOf(principal, 'flows:write'), projectId };
  const connection = await usableSource(rpc, principal, projectId, flow.connectionId);
  const connector = connectors.find(connection.connector);
  checkStreams(connector, flow.streams);
  return asTenant(database, tenant, async (tx) => {
    await keepBrief(tx);
    const state = await holdSource(tx, connection);
    const [made] = (await tx.query(
      `INSERT INTO sync.flow (id, platform_id, project_id, connection_id, connector, owner_id, inputs, is_default, display_name, streams, interval_seconds, enabled, source_state, next_run_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, false, $8, $9, $10, $11, $12, now() + make_interval(secs => $13))
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
        flow.streams,
        flow.intervalSeconds,
        flow.enabled,
        state,
        context.config.firstDelaySeconds,
      ],
    )) as [FlowRecord];
    const details = { connectionId: connection.id, connector: connection.connector };
    await tellAudit(outbox, tx, { who: principal, tenant, action: 'flow.created', target: { type: 'flow', id: made.id }, details });
    return toFlow(made, connector);
  });
}
