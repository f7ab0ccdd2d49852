import { flows, type Principal } from '@trunkline/contracts';
import type { AppError } from '@trunkline/service';
import { recordAudit } from '../../audit/record-audit.js';
import type { RegistryParts } from '../../registry-parts.js';
import { surelyFailed } from '../attempt/end-attempt.js';
import { ConnectionRow } from '../connection.entity.js';
import type { Deletion } from '../delete/connection-deletion.js';
import { deleteCredential } from '../delete/delete-credential.js';
import { removeConnections } from '../delete/remove-connections.js';
import { settleReplacement, type Replacement } from './replacement.js';

/**
 * Has the flows changed, all or none, then deletes the source if that was asked for. Done twice, or by two at once, it changes nothing
 * more. This is no request's work: what was allowed when it was noted is carried out.
 * @throws whatever the orchestrator threw; the note stays until the orchestrator has done it or surely refused
 */
export async function carryOutReplacement(parts: RegistryParts, replacement: Replacement): Promise<string[]> {
  const { sourceId, targetId, connector, principal, platformId, projectId } = replacement;
  const who: Principal = { ...principal, platformId, projectId };
  let flowIds: string[];
  try {
    ({ flowIds } = await parts.rpc.call(flows.replaceConnection, { principal: who, sourceId, targetId, connector }));
  } catch (error) {
    if (surelyFailed(error)) await giveUp(parts, replacement, error as AppError);
    throw error;
  }
  const deletions = await finish(parts, replacement, flowIds);
  await Promise.all(deletions.map((deletion) => deleteCredential(parts, deletion)));
  return flowIds;
}

const finish = (parts: RegistryParts, replacement: Replacement, flowIds: string[]): Promise<Deletion[]> =>
  parts.database.transaction(async (tx) => {
    // Before the note goes, as whoever notes does: the other way round two would wait for each other.
    const rows = await tx.find(ConnectionRow, { where: { id: replacement.sourceId }, lock: { mode: 'pessimistic_write' } });
    if (!(await settleReplacement(tx, replacement))) return [];
    await audit(tx, replacement, 'done', { flows: flowIds.length, deleteSource: replacement.deleteSource });
    return replacement.deleteSource ? removeConnections(parts, tx, replacement.principal, rows, () => false) : [];
  });

const giveUp = (parts: RegistryParts, replacement: Replacement, { message }: AppError): Promise<void> =>
  parts.database.transaction(async (tx) => {
    if (await settleReplacement(tx, replacement)) await audit(tx, replacement, 'failed', { reason: message });
  });

function audit(tx: Parameters<typeof recordAudit>[0], { principal, platformId, projectId, sourceId, targetId }: Replacement, outcome: 'done' | 'failed', details: Record<string, string | number | boolean>) {
  return recordAudit(tx, {
    who: principal,
    tenant: { platformId, projectId },
    action: 'connection.replaced',
    target: { type: 'app_connection', id: sourceId },
    outcome,
    details: { targetId, ...details },
  });
}
