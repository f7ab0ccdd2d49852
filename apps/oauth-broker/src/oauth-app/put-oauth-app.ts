import { newId, oauthApps, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { IsNull, type Repository } from 'typeorm';
import type { BrokerParts } from '../broker-parts.js';
import { OauthAppRow } from './oauth-app.entity.js';
import { sealClientSecret } from './client-secret.js';
import { ownerOfOauthApp, type OwnerOfApp } from './owner-of-oauth-app.js';

type Contract = typeof oauthApps.put;

/**
 * Stores the OAuth app of a platform or project for a connector, or gives it a new client id and secret; its id stays. The unique
 * constraint decides between two at once: the later one's values stay. Twice is once. If we die between the two statements there is
 * an app without secret, with which no walk is started.
 */
export async function putOauthApp(parts: BrokerParts, { principal, oauthApp }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const owner = ownerOfOauthApp(principal, oauthApp);
  const connector = requireOauthConnector(parts, oauthApp);
  const rows = parts.database.getRepository(OauthAppRow);
  const { id } = await insertOrFind(rows, { ...owner, connector, clientId: oauthApp.clientId });
  const sealedClientSecret = oauthApp.clientSecret === undefined ? null : await sealClientSecret(parts, { id, ...owner }, oauthApp.clientSecret);
  await rows.update({ id }, { clientId: oauthApp.clientId, sealedClientSecret, updatedAt: () => 'now()' });
  const { platformId, projectId, clientId, createdAt, updatedAt } = await rows.findOneByOrFail({ id });
  return { id, platformId, projectId, connector, clientId, created: createdAt.toISOString(), updated: updatedAt.toISOString() };
}

function requireOauthConnector({ catalog }: BrokerParts, { connector: name, clientSecret }: RequestOf<Contract>['oauthApp']): string {
  const connector = catalog.find(name);
  if (connector === undefined) throw AppError.notFound('connector', name);
  const oauth = connector.auth.OAUTH2;
  if (oauth === undefined) throw new AppError('VALIDATION', `connector: ${connector.name} does not connect by OAuth, so it needs no OAuth app.`);
  if (oauth.clientAuthentication !== 'none' && clientSecret === undefined) {
    throw new AppError('VALIDATION', `clientSecret: is needed, because ${connector.name} asks its clients for one.`, {
      params: { issues: [{ path: 'clientSecret', message: 'is needed' }] },
    });
  }
  return connector.id;
}

async function insertOrFind(rows: Repository<OauthAppRow>, app: OwnerOfApp & { connector: string; clientId: string }): Promise<OauthAppRow> {
  await rows.createQueryBuilder().insert().values({ ...app, id: newId('oauthApp') }).orIgnore().execute();
  return rows.findOneByOrFail({ platformId: app.platformId, projectId: app.projectId ?? IsNull(), connector: app.connector });
}
