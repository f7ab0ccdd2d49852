import { platforms, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { changedMembers } from '../access/changed-members.js';
import { inReach } from '../access/in-reach.js';
import { platformWithin, requireManager } from '../access/require-manager.js';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { platformColumns, toPlatform, type PlatformRow } from './to-platform.js';

type Contract = typeof platforms.update;

/** Changes what is given. The same again changes nothing and is not recorded. */
export async function updatePlatform({ database }: RegistryParts, { principal, id, change }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const platformId = platformWithin(requireManager(principal), id);
  return inReach(database, principal, async (tx) => {
    const [found] = await tx.query<PlatformRow[]>(`SELECT ${platformColumns} FROM registry.platform WHERE id = $1 FOR NO KEY UPDATE`, [platformId]);
    if (found === undefined) throw AppError.notFound('platform', id);
    const changed = changedMembers(toPlatform(found), change);
    if (changed.length === 0) return toPlatform(found);
    const [[row]] = await tx.query<[PlatformRow[], number]>(
      `UPDATE registry.platform SET name = coalesce($2, name), expiry_emails = coalesce($3, expiry_emails), updated_at = now() WHERE id = $1 RETURNING ${platformColumns}`,
      [platformId, change.name, change.expiryEmails],
    );
    await recordAudit(tx, { who: principal, tenant: { platformId, projectId: null }, action: 'platform.updated', target: { type: 'platform', id }, details: { changed } });
    return toPlatform(row!);
  });
}
