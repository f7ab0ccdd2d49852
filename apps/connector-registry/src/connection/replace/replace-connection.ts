import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant, type TenantPrincipal } from '../../access/require-tenant.js';
import type { RegistryParts } from '../../registry-parts.js';
import type { ConnectionRow } from '../connection.entity.js';
import { flowsThatUse } from '../delete/flows-that-use.js';
import { findConnections } from '../find-connection.js';
import { projectsOf } from '../move-connection.js';
import { managesPlatform, requireMayChange, tenantOf } from '../rights.js';
import { carryOutReplacement } from './carry-out-replacement.js';
import { requireReplaceable } from './replaceable.js';
import { noteReplacement } from './replacement.js';

type Contract = typeof connections.replace;

/** Longer than our own attempt can take. */
const headStartSeconds = 25;

/**
 * Puts one connection in the place of another in all flows of the project (or the platform). What is to be done is noted while both rows
 * are held; if we die after that, or the orchestrator is away, the sweep does it.
 */
export async function replaceConnection(parts: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireTenant(request.principal, 'connections:write');
  const { sourceId, targetId, deleteSource } = request;
  if (sourceId === targetId) throw new AppError('CONFLICT', 'A connection cannot be replaced by itself: source and target must be two connections.');
  if (deleteSource) await requireNoneLeftBehind(parts, who, sourceId);
  const replacement = await asTenant(parts.database, tenantOf(who), async (tx) => {
    const rows = await findConnections(tx, who, [sourceId, targetId]);
    const [source, target] = [meant(rows, sourceId), meant(rows, targetId)];
    if (deleteSource) requireMayChange(source, who, 'delete it');
    const [ofSource, ofTarget] = [await projectsOf(tx, source), await projectsOf(tx, target)];
    requireReplaceable({ ...source, projectIds: ofSource }, { ...target, projectIds: ofTarget }, who.projectId);
    const { platformId, projectId } = who;
    const note = { platformId, projectId, sourceId, targetId, connector: source.connector, deleteSource, principal: who };
    const noted = await noteReplacement(tx, note, headStartSeconds);
    if (noted === null) throw new AppError('CONFLICT', 'Another replacement of this connection is under way. Try again in a moment.');
    return noted;
  });
  return { flowIds: await carryOutReplacement(parts, replacement) };
}

function meant(rows: readonly ConnectionRow[], id: string): ConnectionRow {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw AppError.notFound('app_connection', id);
  return row;
}

/**
 * An admin of the platform that works in one project changes the flows of that project; those of others that use the source would be left
 * with nothing. @throws AppError CONFLICT
 */
async function requireNoneLeftBehind(parts: RegistryParts, who: TenantPrincipal, sourceId: string): Promise<void> {
  if (!managesPlatform(who) || who.projectId === null) return;
  const ofProject = { ...who, reach: 'project' as const };
  const [everywhere, here] = await Promise.all([flowsThatUse(parts, who, [sourceId]), flowsThatUse(parts, ofProject, [sourceId])]);
  const left = everywhere.get(sourceId)!.flowIds.filter((id) => !here.get(sourceId)!.flowIds.includes(id)).length;
  if (left > 0) {
    throw new AppError('CONFLICT', `${left} ${left === 1 ? 'flow' : 'flows'} of other projects use this connection and would be left without. Keep it, or replace it there first.`, {
      params: { flows: left },
    });
  }
}
