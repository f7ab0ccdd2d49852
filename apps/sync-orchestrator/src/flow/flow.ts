import type { Connector } from '@trunkline/catalog';
import { mayDo, type Flow, type Principal, type Scope } from '@trunkline/contracts';
import type { Tenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { SourceState } from '../source/source.js';

/** A flow as the database gives it to those who show it. */
export interface FlowRecord {
  readonly id: string;
  readonly platformId: string;
  readonly projectId: string;
  readonly displayName: string | null;
  readonly isDefault: boolean;
  readonly connectionId: string;
  readonly sourceState: SourceState;
  readonly connector: string;
  readonly streams: string[] | null;
  readonly intervalSeconds: number;
  readonly enabled: boolean;
  readonly nextRunAt: Date;
  readonly lastSyncedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Columns of a {@link FlowRecord}. */
export const flowColumns = `id, platform_id AS "platformId", project_id AS "projectId", display_name AS "displayName", is_default AS "isDefault", connection_id AS "connectionId",
  source_state AS "sourceState", connector, streams, interval_seconds AS "intervalSeconds", enabled, next_run_at AS "nextRunAt", last_synced_at AS "lastSyncedAt",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** A flow as clients see it. A default flow that nobody has named is called like its connector. */
export const toFlow = ({ displayName, sourceState, nextRunAt, lastSyncedAt, createdAt, updatedAt, ...flow }: FlowRecord, connector: Connector | undefined): Flow => ({
  id: flow.id,
  platformId: flow.platformId,
  projectId: flow.projectId,
  displayName: displayName ?? connector?.name ?? flow.connector,
  isDefault: flow.isDefault,
  connectionId: flow.connectionId,
  connectionState: sourceState === 'missing' ? 'missing' : 'present',
  connector: flow.connector,
  streams: flow.streams,
  intervalSeconds: flow.intervalSeconds,
  enabled: flow.enabled,
  nextRunAt: flow.enabled && sourceState === 'present' ? nextRunAt.toISOString() : null,
  lastSyncedAt: lastSyncedAt?.toISOString() ?? null,
  created: createdAt.toISOString(),
  updated: updatedAt.toISOString(),
});

/**
 * Whose flows a request may touch.
 *
 * @throws AppError AUTHORIZATION
 */
export function tenantOf(principal: Principal, scope: Scope): Tenant {
  if (!mayDo(principal, scope)) throw new AppError('AUTHORIZATION', `This needs the scope ${scope}.`, { params: { scope } });
  return tenantIn(principal);
}

/** The same for a service that asks on a principal's behalf: the project it works in; the whole platform, if it reaches that far and works in none. */
export function tenantIn({ platformId, projectId, reach }: Principal): Tenant {
  if (platformId === null) throw new AppError('AUTHORIZATION', 'This needs a key that belongs to a platform or a project.');
  if (reach === 'project' && projectId === null) throw new AppError('AUTHORIZATION', 'This works in no project yet. Name the project ("projectId").');
  return { platformId, projectId };
}

/** @throws AppError VALIDATION naming the streams the connector does not have, or the connector that is not offered here */
export function checkStreams(connector: Connector | undefined, streams: readonly string[] | null): void {
  if (connector === undefined) throw invalid('connectionId', 'its connector is not offered by this installation');
  const unknown = (streams ?? []).filter((stream) => !connector.streams.has(stream));
  if (unknown.length === 0) return;
  const offered = [...connector.streams.keys()];
  throw invalid('streams', `${connector.name} has no ${unknown.join(', ')}; ${offered.length === 0 ? 'it has no streams' : `it has ${offered.join(', ')}`}`);
}

export const invalid = (path: string, message: string): AppError => new AppError('VALIDATION', `${path}: ${message}.`, { params: { issues: [{ path, message }] } });
