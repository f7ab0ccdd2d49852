import { oauthApps, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant, tellAudit } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { breaksReference } from './breaks-reference.js';
import { getOauthApp } from './find-oauth-apps.js';
import { owns } from './owner-of-oauth-app.js';
import { tenantOf } from './tenant-of.js';

type Contract = typeof oauthApps.delete;

/**
 * Removes an app. The walks that are under way with it hold it by a foreign key, so that none can begin or end beside this. Connections
 * that refresh with it are known to the keeper alone: their next refresh fails with CONNECTOR_MISCONFIGURED.
 */
export async function deleteOauthApp(parts: BrokerParts, { principal, id }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const app = await getOauthApp(parts, { principal, id });
  if (!owns(principal, app)) {
    throw new AppError('AUTHORIZATION', `This OAuth app belongs to ${app.platformId === null ? 'the installation' : 'the platform'}; only ${app.platformId === null ? 'its operator' : 'its admins'} may delete it.`);
  }
  try {
    await asTenant(parts.database, tenantOf(principal), async (tx) => {
      const [gone] = await tx.query<[unknown[], number]>('DELETE FROM oauth.oauth_app WHERE id = $1 AND connection_id IS NULL RETURNING id', [id]);
      if (gone.length === 0) throw AppError.notFound('oauth_app', id);
      const { platformId, projectId, connector } = app;
      await tellAudit(parts.outbox, tx, { who: principal, tenant: { platformId, projectId }, action: 'oauth_app.deleted', target: { type: 'oauth_app', id }, details: { connector } });
    });
  } catch (error) {
    if (breaksReference(error)) throw inUse(id);
    throw error;
  }
  return { deleted: id };
}

const inUse = (id: string): AppError =>
  new AppError('CONFLICT', 'Somebody is at a consent page with this OAuth app just now. Try again in ten minutes, when they have come back or given up.', {
    params: { entityType: 'oauth_app', entityId: id },
  });
