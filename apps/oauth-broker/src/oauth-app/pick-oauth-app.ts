import type { OauthConnectionType } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import type { OauthAppRow } from './oauth-app.entity.js';

/** A connection that is in want of an app. */
export interface Seeker {
  readonly connectionId: string;
  readonly platformId: string;
  readonly projectId: string | null;
  readonly connector: string;
}

export interface Picked {
  readonly app: OauthAppRow;
  readonly type: OauthConnectionType;
}

type Owner = Pick<OauthAppRow, 'platformId' | 'projectId' | 'connectionId'>;

/** Whose app makes which type of connection. */
const typeOf = ({ platformId, projectId, connectionId }: Owner): OauthConnectionType =>
  connectionId !== null || projectId !== null ? 'OAUTH2' : platformId !== null ? 'PLATFORM_OAUTH2' : 'CLOUD_OAUTH2';

/** From what a seeker may use to what it uses. Pure. */
export function nearest<App extends Owner>(apps: readonly App[], type: OauthConnectionType | undefined): App | null {
  const ofType = (wanted: OauthConnectionType) => apps.filter((app) => typeOf(app) === wanted);
  // Nobody named a type: an app that was brought for this connection alone has a redirect URL of its own, which is not ours.
  if (type === undefined) return [...ofType('OAUTH2').filter(({ connectionId }) => connectionId === null), ...ofType('PLATFORM_OAUTH2'), ...ofType('CLOUD_OAUTH2')][0] ?? null;
  const fitting = ofType(type);
  return fitting.find(({ connectionId }) => connectionId !== null) ?? fitting[0] ?? null;
}

/** Of those a connection brought, the one its present credential was stored with comes first. */
const usable = `
  SELECT id, platform_id AS "platformId", project_id AS "projectId", connector, client_id AS "clientId", sealed_client_secret AS "sealedClientSecret",
    sealed_private_key AS "sealedPrivateKey", key_id AS "keyId", connection_id AS "connectionId", created_at AS "createdAt", updated_at AS "updatedAt"
  FROM oauth.oauth_app
  WHERE connector = $1 AND (
    connection_id = $2 AND platform_id = $3 AND orphaned_at IS NULL
    OR connection_id IS NULL AND (platform_id IS NULL OR platform_id = $3 AND (project_id IS NULL OR project_id = $4)))
  ORDER BY credential_version DESC NULLS LAST, created_at DESC`;

/** The connection's own, its project's, its platform's or the built-in one; never another one's. */
export async function pickOauthApp(tx: EntityManager, { connectionId, platformId, projectId, connector }: Seeker, type: OauthConnectionType | undefined): Promise<Picked | null> {
  const app = nearest((await tx.query(usable, [connector, connectionId, platformId, projectId])) as OauthAppRow[], type);
  return app === null ? null : { app, type: typeOf(app) };
}
