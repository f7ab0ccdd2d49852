import { isOfferedTo } from '@trunkline/catalog';
import { newId, oauthApps, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant, tellAudit, type Tenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { checkProof } from './check-proof.js';
import { sealClientSecret, sealPrivateKey } from './client-secret.js';
import { ownerOfOauthApp, type OwnerOfApp } from './owner-of-oauth-app.js';
import { tenantOf } from './tenant-of.js';
import { appColumns, toldApp, type AppRow } from './told-app.js';

type Contract = typeof oauthApps.put;

const find = `
  SELECT id FROM oauth.oauth_app
  WHERE platform_id IS NOT DISTINCT FROM $1 AND project_id IS NOT DISTINCT FROM $2 AND connector = $3 AND connection_id IS NULL`;

/** The secret is sealed for one row: of two first ones at once the later finds that another row was made, and begins again for that one. */
const store = `
  INSERT INTO oauth.oauth_app AS app (id, platform_id, project_id, connector, client_id, sealed_client_secret, sealed_private_key, key_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (platform_id, project_id, connector) WHERE connection_id IS NULL DO UPDATE SET
    client_id = excluded.client_id, sealed_client_secret = excluded.sealed_client_secret, sealed_private_key = excluded.sealed_private_key, key_id = excluded.key_id,
    updated_at = now()
  WHERE app.id = excluded.id
  RETURNING ${appColumns}`;

/**
 * Stores the OAuth app of the installation, a platform or a project for a connector, or gives it a new client id and secret (or key); its id stays.
 * Client id and proof are written by one statement; of two at once the later one's stay. Twice is once.
 */
export async function putOauthApp(parts: BrokerParts, { principal, oauthApp }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const owner = ownerOfOauthApp(principal, oauthApp);
  const connector = await requireOauthConnector(parts, owner, oauthApp);
  const tenant = tenantOf(principal);
  for (;;) {
    const id = (await known(parts, tenant, owner, connector)) ?? newId('oauthApp');
    const { clientId, clientSecret, privateKey, keyId = null } = oauthApp;
    const sealed = clientSecret === undefined ? null : await sealClientSecret(parts, { id, ...owner }, clientSecret);
    const sealedKey = privateKey === undefined ? null : await sealPrivateKey(parts, { id, ...owner }, privateKey);
    const stored = await asTenant(parts.database, tenant, async (tx) => {
      const [row] = (await tx.query(store, [id, owner.platformId, owner.projectId, connector, clientId, sealed, sealedKey, keyId])) as AppRow[];
      if (row === undefined) return undefined;
      await tellAudit(parts.outbox, tx, {
        who: principal,
        tenant: owner,
        action: 'oauth_app.stored',
        target: { type: 'oauth_app', id },
        details: { connector, builtIn: owner.platformId === null },
      });
      return row;
    });
    if (stored !== undefined) return toldApp(stored);
  }
}

const known = ({ database }: BrokerParts, tenant: Tenant, { platformId, projectId }: OwnerOfApp, connector: string): Promise<string | undefined> =>
  asTenant(database, tenant, async (tx) => ((await tx.query(find, [platformId, projectId, connector])) as { id: string }[])[0]?.id);

/** Of a connector that a tenant defined, whoever can change it could have the app's secret sent to him: so the app is its owner's or below. */
async function requireOauthConnector({ catalog }: BrokerParts, owner: OwnerOfApp, oauthApp: RequestOf<Contract>['oauthApp']): Promise<string> {
  const { connector: name } = oauthApp;
  const connector = (await catalog.ready(name)).find(name);
  if (connector === undefined || !isOfferedTo(connector, owner)) throw AppError.notFound('connector', name);
  if (connector.auth.OAUTH2 === undefined) throw new AppError('VALIDATION', `connector: ${connector.name} does not connect by OAuth, so it needs no OAuth app.`);
  checkProof(connector, oauthApp);
  return connector.id;
}
