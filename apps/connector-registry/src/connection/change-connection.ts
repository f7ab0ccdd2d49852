import type { Connection, Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { ConnectionRow } from './connection.entity.js';
import { projectsOf, tellConfigured } from './move-connection.js';

/** What can be changed of a connection besides its credential; what is left out stays. */
export interface ConnectionChange {
  readonly displayName?: string | undefined;
  readonly metadata?: Connection['metadata'] | undefined;
  readonly pieceName?: string | undefined;
  readonly pieceVersion?: string | undefined;
  readonly preSelectForNewProjects?: boolean | undefined;
  readonly ownerId?: string | null | undefined;
  readonly expires?: string | null | undefined;
  readonly projectIds?: readonly string[] | undefined;
}

export interface Changed {
  readonly row: ConnectionRow;
  /** The keeper must know of it. */
  readonly configured: boolean;
}

/**
 * Changes a locked connection, and tells the keeper if others may use it now. Nothing is written where nothing differs.
 * @throws AppError ENTITY_NOT_FOUND for a project or user the platform does not have, VALIDATION for shares of what is one project's
 */
export async function changeConnection({ outbox }: RegistryParts, tx: EntityManager, who: Principal, row: ConnectionRow, change: ConnectionChange): Promise<Changed> {
  const { projectIds, expires, ...plain } = change;
  requireShareable(row, change);
  const members = Object.entries(plain).flatMap(([name, value]) => (value === undefined || same(row[name as keyof typeof plain], value) ? [] : [name]));
  const written: Partial<ConnectionRow> = Object.fromEntries(members.map((name) => [name, plain[name as keyof typeof plain]]));
  if (expires !== undefined && (row.expiresAt?.getTime() ?? null) !== (expires === null ? null : Date.parse(expires))) {
    written.expiresAt = expires === null ? null : new Date(expires);
    members.push('expires');
  }
  if (typeof written.ownerId === 'string') await requireUser(tx, row.platformId, written.ownerId);
  if (projectIds !== undefined && row.scope === 'PLATFORM' && (await share(tx, row, projectIds))) members.push('projectIds');
  if (members.length === 0) return { row, configured: false };
  await tx.update(ConnectionRow, { id: row.id }, { ...(written as object), updatedAt: () => 'now()', version: () => 'version + 1' });
  const changed = await tx.findOneByOrFail(ConnectionRow, { id: row.id });
  const configured = members.includes('projectIds') || members.includes('ownerId');
  if (configured) await tellConfigured(outbox, tx, changed);
  const { id, platformId, projectId } = row;
  await recordAudit(tx, { who, tenant: { platformId, projectId }, action: 'connection.updated', target: { type: 'app_connection', id }, details: { members } });
  return { row: changed, configured };
}

const same = (before: unknown, now: unknown): boolean => before === now || (typeof before === 'object' && typeof now === 'object' && JSON.stringify(before) === JSON.stringify(now));

/** @throws AppError VALIDATION */
function requireShareable({ scope, projectId }: ConnectionRow, { projectIds, preSelectForNewProjects }: ConnectionChange): void {
  if (scope === 'PLATFORM') return;
  if (projectIds?.some((id) => id !== projectId) === true || projectIds?.length === 0) throw notShared('projectIds', 'a connection of scope PROJECT belongs to its one project');
  if (preSelectForNewProjects === true) throw notShared('preSelectForNewProjects', 'only a connection of scope PLATFORM is shared with new projects');
}

export const notShared = (path: string, message: string) => new AppError('VALIDATION', `${path}: ${message}.`, { params: { issues: [{ path, message }] } });

/** Shares a connection of the platform with just these projects. @returns whether they are others than before */
export async function share(tx: EntityManager, row: ConnectionRow, projectIds: readonly string[]): Promise<boolean> {
  const wanted = [...new Set(projectIds)];
  const before = await projectsOf(tx, row);
  if (before.length === wanted.length && before.every((id) => wanted.includes(id))) return false;
  const known: { id: string }[] = await tx.query('SELECT id FROM registry.project WHERE platform_id = $1 AND id = ANY($2)', [row.platformId, wanted]);
  const unknown = wanted.find((id) => !known.some((project) => project.id === id));
  if (unknown !== undefined) throw AppError.notFound('project', unknown);
  await tx.query('DELETE FROM registry.connection_project WHERE connection_id = $1 AND project_id <> ALL($2)', [row.id, wanted]);
  await tx.query(
    'INSERT INTO registry.connection_project (platform_id, connection_id, project_id) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING',
    [row.platformId, row.id, wanted],
  );
  return true;
}

/** @throws AppError ENTITY_NOT_FOUND */
export async function requireUser(tx: EntityManager, platformId: string, userId: string): Promise<void> {
  const found: unknown[] = await tx.query('SELECT 1 FROM registry.app_user WHERE platform_id = $1 AND id = $2', [platformId, userId]);
  if (found.length === 0) throw AppError.notFound('user', userId);
}
