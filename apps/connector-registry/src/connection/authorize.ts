import { authorizations, connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant, type TenantPrincipal } from '../access/require-tenant.js';
import { catalogFor, catalogIn } from '../connector-definition/catalog-for.js';
import { allowedReturnUrl } from '../project/return-url.js';
import type { RegistryParts } from '../registry-parts.js';
import { countAttempt, findOrMake, type Begun } from './attempt/begin-attempt.js';
import { endAttempt, surelyFailed } from './attempt/end-attempt.js';
import { placingOf } from './attempt/placing.js';
import { changeConnection } from './change-connection.js';
import { configureCredential } from './configure-credential.js';
import { connectorNamed, requireAuthMethod } from './connector-for.js';
import { findConnection } from './find-connection.js';
import { projectsOf } from './move-connection.js';
import { requireMayChange, tenantOf } from './rights.js';

type Contract = typeof connections.authorize;
type Request = RequestOf<Contract>;

/** A walk is for a connection with these inputs; those of a connection that works stay as they are until it has ended well. */
interface Walk {
  readonly begun: Begun;
  readonly inputs: Record<string, string>;
}

/** Begins an OAuth walk: for a new connection, for one that is there, or for more scopes. */
export async function authorize(parts: RegistryParts, request: Request): Promise<ReplyOf<Contract>> {
  const { database, rpc } = parts;
  const who = requireTenant(request.principal, 'connections:write');
  const returnUrl = allowedReturnUrl(await returnUrlsOf(parts, who), request.returnUrl);
  const { begun: { row, projectIds }, inputs } = await (request.id === undefined ? byPlace(parts, who, request) : byId(parts, who, request, request.id));
  const { id: connectionId, platformId, projectId, ownerId, connector } = row;
  const { type, scopes = [], allowOtherAccount, callback, browserBinding } = request;
  try {
    const { authorizationUrl, expiresAt } = await rpc.call(authorizations.start, {
      principal: who,
      connectionId,
      platformId,
      projectId,
      projectIds,
      ownerId,
      connector,
      inputs,
      ...(type === undefined ? {} : { type }),
      reconnect: row.credentialVersion !== null,
      allowOtherAccount,
      scopes,
      grantedScopes: row.grantedScopes,
      callback,
      returnUrl,
      browserBinding,
    });
    return { connectionId, connector, authorizationUrl, expiresAt };
  } catch (error) {
    if (surelyFailed(error)) await asTenant(database, tenantOf(who), (tx) => endAttempt(tx, { connectionId, projectId }));
    throw error;
  }
}

/** A new connection, or the one that is in its place already. */
async function byPlace(parts: RegistryParts, who: TenantPrincipal, request: Request): Promise<Walk> {
  const placing = placingOf(await catalogFor(parts, who, request.connector), who, request);
  requireAuthMethod(placing.connector, 'OAUTH2');
  const { begun, configured } = await asTenant(parts.database, tenantOf(who), async (tx) => {
    const { row, isNew } = await findOrMake(tx, { who, placing, type: request.type ?? 'OAUTH2' }, 'pending');
    if (isNew) return { begun: { row, projectIds: await projectsOf(tx, row) }, configured: false };
    const changed = await changeConnection(parts, tx, who, row, placing.change);
    return { begun: await countAttempt(tx, who, changed.row), configured: changed.configured };
  });
  if (configured) await configureCredential(parts, begun.row.id);
  return { begun, inputs: placing.inputs };
}

/** A connection by its id, which the walk gives a new grant and changes in nothing else. */
const byId = (parts: RegistryParts, who: TenantPrincipal, request: Request, id: string): Promise<Walk> =>
  asTenant(parts.database, tenantOf(who), async (tx) => {
    const row = await findConnection(tx, who, id);
    requireMayChange(row, who, 'connect it again');
    const catalog = await catalogIn(parts, tx, { ...who, projectId: row.projectId ?? who.projectId }, row.connector, request.connector);
    const connector = connectorNamed(catalog, row.connector);
    requireAuthMethod(connector, 'OAUTH2');
    const difference = differenceOf(request, row, connectorNamed(catalog, request.connector).id);
    if (difference !== null) {
      throw new AppError('INVALID_APP_CONNECTION', `A reconnect changes nothing but the grant, and this one has another ${difference}. Leave it out, or connect under another externalId.`, {
        params: { difference },
      });
    }
    if (row.deletedAt !== null) {
      throw new AppError('INVALID_APP_CONNECTION', `This connection was deleted. Connect again with the externalId "${row.externalId}": the flows that miss it will then use the new one.`);
    }
    return { begun: await countAttempt(tx, who, row), inputs: row.inputs };
  });

type Existing = Begun['row'];

function differenceOf(request: Request, row: Existing, connector: string): string | null {
  if (connector !== row.connector) return `connector (${connector})`;
  if (request.externalId !== undefined && request.externalId !== row.externalId) return 'externalId';
  return Object.keys(request.inputs).find((name) => request.inputs[name] !== row.inputs[name]) ?? null;
}

const returnUrlsOf = async ({ database }: RegistryParts, who: TenantPrincipal): Promise<string[]> => {
  if (who.projectId === null) return [];
  const { platformId, projectId } = who;
  const rows = await asTenant(database, { platformId, projectId }, (tx) =>
    tx.query<{ return_urls: string[] }[]>('SELECT return_urls FROM registry.project WHERE id = $1 AND platform_id = $2', [projectId, platformId]));
  return rows[0]?.return_urls ?? [];
};
