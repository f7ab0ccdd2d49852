import { oauthApps, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { openOauthApp } from './client-secret.js';
import { OauthAppRow } from './oauth-app.entity.js';

type Contract = typeof oauthApps.reveal;

/** What a token request needs; for the keeper alone (the bus lets nobody else ask). */
export async function revealOauthApp(parts: BrokerParts, { oauthAppId }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const row = await parts.database.getRepository(OauthAppRow).findOneBy({ id: oauthAppId });
  if (row === null) throw AppError.notFound('oauth_app', oauthAppId);
  return openOauthApp(parts, row);
}
