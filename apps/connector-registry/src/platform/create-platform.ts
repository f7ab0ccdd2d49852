import { newId, platforms, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { platformColumns, toPlatform, type PlatformRow } from './to-platform.js';

type Contract = typeof platforms.create;

/** Only the operator makes platforms. Twice makes two: a platform's name is no key. */
export async function createPlatform({ database }: RegistryParts, { principal, platform }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  if (principal.reach !== 'installation') throw new AppError('AUTHORIZATION', "Only the installation's admin key (TRUNKLINE_ADMIN_KEY) makes platforms.");
  return database.transaction(async (tx) => {
    const id = newId('platform');
    const [row] = await tx.query<PlatformRow[]>(`INSERT INTO registry.platform (id, name, expiry_emails) VALUES ($1, $2, $3) RETURNING ${platformColumns}`, [
      id,
      platform.name,
      platform.expiryEmails,
    ]);
    await recordAudit(tx, { who: principal, tenant: { platformId: id, projectId: null }, action: 'platform.created', target: { type: 'platform', id } });
    return toPlatform(row!);
  });
}
