import { newId, type Secret } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import type { BrokerParts } from '../broker-parts.js';
import { openOauthApp, sealClientSecret } from './client-secret.js';
import { OauthAppRow } from './oauth-app.entity.js';

/** Client id and secret that came with a grant. */
export interface BroughtApp {
  readonly clientId: string;
  readonly clientSecret: Secret | null;
}
export interface ForConnection {
  readonly connectionId: string;
  readonly platformId: string;
  readonly projectId: string | null;
  readonly connector: string;
}
/** The row the grant will name. `fresh`: it was made just now and nothing depends on it yet. */
export interface KeptApp {
  readonly id: string;
  readonly fresh: boolean;
}

/**
 * Keeps the app a client brought for one connection. Another client or secret gets a row of its own beside the former one, with which the
 * present credential is refreshed until the new one has taken its place.
 */
export async function keepConnectionApp(parts: BrokerParts, { connectionId, platformId, projectId, connector }: ForConnection, app: BroughtApp): Promise<KeptApp> {
  const rows = await parts.database.getRepository(OauthAppRow).findBy({ connectionId, platformId, connector, clientId: app.clientId });
  for (const row of rows) {
    if ((await openOauthApp(parts, row)).clientSecret?.reveal() === app.clientSecret?.reveal()) return { id: row.id, fresh: false };
  }
  const id = newId('oauthApp');
  await insert(parts, id, { connectionId, platformId, projectId, connector }, app);
  return { id, fresh: true };
}

async function insert(parts: BrokerParts, id: string, { connectionId, platformId, projectId, connector }: ForConnection, app: BroughtApp): Promise<void> {
  const sealed = app.clientSecret === null ? null : await sealClientSecret(parts, { id, platformId }, app.clientSecret);
  await parts.database.query(
    `INSERT INTO oauth.oauth_app (id, platform_id, project_id, connector, client_id, sealed_client_secret, connection_id) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO NOTHING`,
    [id, platformId, projectId, connector, app.clientId, sealed, connectionId],
  );
}

/** Another grant's end may have removed a former app at the moment it was taken up again; a credential that names it must find it. */
export async function keepAgain(parts: BrokerParts, owner: ForConnection, { id, fresh }: KeptApp, app: BroughtApp): Promise<void> {
  if (!fresh) await insert(parts, id, owner, app);
}

/**
 * The credential of that version is stored with this app: those of older versions have served. Of two grants at once the one with the
 * later version is in use, whatever the order in which their senders get here.
 */
export async function appIsInUse(tx: EntityManager, { connectionId }: ForConnection, { id }: KeptApp, credentialVersion: number): Promise<void> {
  await tx.query('UPDATE oauth.oauth_app SET credential_version = greatest(credential_version, $2), updated_at = now() WHERE id = $1', [id, credentialVersion]);
  await tx.query(
    `DELETE FROM oauth.oauth_app app WHERE connection_id = $1 AND credential_version < $2 AND id <> $3
       AND NOT EXISTS (SELECT FROM oauth."authorization" walk WHERE walk.oauth_app_id = app.id)`,
    [connectionId, credentialVersion, id],
  );
}

/** No credential was stored with it. */
export async function dropApp(tx: EntityManager, { id, fresh }: KeptApp): Promise<void> {
  if (fresh) await tx.query('DELETE FROM oauth.oauth_app WHERE id = $1 AND credential_version IS NULL', [id]);
}

/** Its connection is gone; the keeper may still need it to end the tokens. */
export async function orphanApps(tx: EntityManager, connectionId: string): Promise<void> {
  await tx.query('UPDATE oauth.oauth_app SET orphaned_at = coalesce(orphaned_at, now()) WHERE connection_id = $1', [connectionId]);
}

const unwalked = `NOT EXISTS (SELECT FROM oauth."authorization" walk WHERE walk.oauth_app_id = app.id)`;

/** The tokens have ended too. A walk that is still under way keeps its app until the sweep comes by. */
export async function removeOrphans(tx: EntityManager, connectionId: string): Promise<void> {
  await tx.query(`DELETE FROM oauth.oauth_app app WHERE connection_id = $1 AND ${unwalked}`, [connectionId]);
}

/** The keeper tries for about a day to end tokens; after twice that nobody asks for the app any more. */
export async function sweepOrphans(tx: EntityManager): Promise<void> {
  await tx.query(`DELETE FROM oauth.oauth_app app WHERE orphaned_at < now() - interval '2 days' AND ${unwalked}`);
}
