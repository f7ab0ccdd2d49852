import { platforms, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { inReach } from '../access/in-reach.js';
import { requireManager } from '../access/require-manager.js';
import type { RegistryParts } from '../registry-parts.js';
import { platformColumns, toPlatform, type PlatformRow } from './to-platform.js';

type Contract = typeof platforms.list;

/** The operator sees all platforms, an admin of a platform sees it. */
export async function listPlatforms({ database, pages }: RegistryParts, { principal, limit, cursor }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { platformId } = requireManager(principal);
  const { rows, next, previous } = await pages.read({ limit, cursor }, { list: 'platforms', platformId }, { firstParameter: 2 }, (page) =>
    inReach(database, principal, (tx) =>
      tx.query<(PlatformRow & { cursor_at: string })[]>(
        `SELECT ${platformColumns}, created_at::text AS cursor_at FROM registry.platform
         WHERE ($1::text IS NULL OR id = $1) AND ${page.condition} ORDER BY ${page.order} LIMIT ${page.limit}`,
        [platformId, ...page.values],
      ),
    ),
  );
  return { data: rows.map(toPlatform), next, previous };
}
