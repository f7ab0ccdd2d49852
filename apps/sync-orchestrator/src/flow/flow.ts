import type { Connector } from '@trunkline/catalog';
import { mayDo, type Destination, type Flow, type FlowStream, type Principal, type Scope } from '@trunkline/contracts';
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
  readonly streams: FlowStream[] | null;
  readonly destination: Destination;
  readonly destinationState: SourceState | null;
  readonly intervalSeconds: number | null;
  readonly cron: string | null;
  readonly enabled: boolean;
  readonly nextRunAt: Date | null;
  readonly lastSyncedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Columns of a {@link FlowRecord}. */
export const flowColumns = `id, platform_id AS "platformId", project_id AS "projectId", display_name AS "displayName", is_default AS "isDefault", connection_id AS "connectionId",
  source_state AS "sourceState", connector, streams, destination, destination_state AS "destinationState", interval_seconds AS "intervalSeconds", cron, enabled,
  next_run_at AS "nextRunAt", last_synced_at AS "lastSyncedAt", created_at AS "createdAt", updated_at AS "updatedAt"`;

const presence = (state: SourceState): 'present' | 'missing' => (state === 'missing' ? 'missing' : 'present');

/** What it reads and what it writes to can both be used. */
export const isRunnable = ({ sourceState, destinationState }: Pick<FlowRecord, 'sourceState' | 'destinationState'>): boolean =>
  sourceState === 'present' && (destinationState ?? 'present') === 'present';

/** A flow as clients see it. A default flow that nobody has named is called like its connector. */
export const toFlow = (record: FlowRecord, connector: Connector | undefined): Flow => ({
  id: record.id,
  platformId: record.platformId,
  projectId: record.projectId,
  displayName: record.displayName ?? connector?.name ?? record.connector,
  isDefault: record.isDefault,
  connectionId: record.connectionId,
  connectionState: presence(record.sourceState),
  connector: record.connector,
  streams: record.streams,
  destination: record.destination,
  destinationState: record.destinationState === null ? null : presence(record.destinationState),
  intervalSeconds: record.intervalSeconds,
  cron: record.cron,
  enabled: record.enabled,
  nextRunAt: record.enabled && isRunnable(record) ? (record.nextRunAt?.toISOString() ?? null) : null,
  lastSyncedAt: record.lastSyncedAt?.toISOString() ?? null,
  created: record.createdAt.toISOString(),
  updated: record.updatedAt.toISOString(),
});

/**
 * Whose flows a request may touch, if it may do one of these things.
 *
 * @throws AppError AUTHORIZATION
 */
export function tenantOf(principal: Principal, ...oneOf: readonly [Scope, ...Scope[]]): Tenant {
  if (!oneOf.some((scope) => mayDo(principal, scope))) throw new AppError('AUTHORIZATION', `This needs the scope ${oneOf.join(' or ')}.`, { params: { scope: oneOf[0] } });
  return tenantIn(principal);
}

/** The same for a service that asks on a principal's behalf: the project it works in; the whole platform, if it reaches that far and works in none. */
export function tenantIn({ platformId, projectId, reach }: Principal): Tenant {
  if (platformId === null) throw new AppError('AUTHORIZATION', 'This needs a key that belongs to a platform or a project.');
  if (reach === 'project' && projectId === null) throw new AppError('AUTHORIZATION', 'This works in no project yet. Name the project ("projectId").');
  return { platformId, projectId };
}

export const invalid = (path: string, message: string): AppError => new AppError('VALIDATION', `${path}: ${message}.`, { params: { issues: [{ path, message }] } });
