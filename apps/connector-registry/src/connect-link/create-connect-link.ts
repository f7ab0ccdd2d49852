import type { Connector } from '@trunkline/catalog';
import { connectLinks, connectionMetadata, mayDo, newId, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import { requireProject, type ProjectPrincipal } from '../access/require-project.js';
import { recordAudit } from '../audit/record-audit.js';
import { requireUser } from '../connection/change-connection.js';
import type { ConnectionRow } from '../connection/connection.entity.js';
import { connectorNamed } from '../connection/connector-for.js';
import { findConnection } from '../connection/find-connection.js';
import { requireMayChange } from '../connection/rights.js';
import { allowedReturnUrl } from '../project/return-url.js';
import { catalogFor, catalogIn } from '../connector-definition/catalog-for.js';
import type { RegistryParts } from '../registry-parts.js';
import { requireGivenInputs } from './given-inputs.js';
import { mintLinkToken } from './link-token.js';
import { connectLinkColumns, toConnectLink, type ConnectLinkRow } from './to-connect-link.js';

type Contract = typeof connectLinks.create;
type NewLink = RequestOf<Contract>['link'];

/** Makes a link of the project and shows its token, this once. Twice makes two: each can be used once. */
export async function createConnectLink(parts: RegistryParts, { principal, link }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireProject(principal, 'connections:write');
  requireSensible(link);
  const offered = await catalogFor(parts, who, ...(link.connectors ?? []));
  const named = link.connectors?.map((name) => connectorNamed(offered, name)) ?? [];
  const { platformId, projectId } = who;
  const { token, digest } = mintLinkToken();
  return asTenant(parts.database, { platformId, projectId }, async (tx) => {
    const again = link.connectionId === undefined ? null : await findOwn(tx, who, link.connectionId);
    const connectors = again === null ? named : [connectorOf(connectorNamed(await catalogIn(parts, tx, who, again.connector), again.connector), named)];
    requireGivenInputs(connectors, link.inputs);
    const ownerId = again === null ? await ownerOf(tx, who, link.ownerId) : again.ownerId;
    const returnUrl = allowedReturnUrl(await returnUrlsOf(tx, who), link.returnUrl);
    const id = newId('connectLink');
    const [row] = await tx.query<ConnectLinkRow[]>(
      `INSERT INTO registry.connect_link (id, digest, platform_id, project_id, creator, end_user, connectors, connection_id, external_id, display_name, inputs, metadata,
         scopes, owner_id, allow_other_account, return_url, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, now() + make_interval(mins => $17)) RETURNING ${connectLinkColumns}`,
      [
        id, digest, platformId, projectId, JSON.stringify({ kind: who.kind, id: who.id }), JSON.stringify(link.endUser), [...new Set(connectors.map((connector) => connector.id))],
        again?.id ?? null, link.externalId ?? null, link.displayName ?? null, JSON.stringify(link.inputs), link.metadata === undefined || link.metadata === null ? null : JSON.stringify(link.metadata),
        [...new Set(link.scopes)], ownerId, link.allowOtherAccount, returnUrl, link.expiresInMinutes,
      ],
    );
    const details = { endUserId: link.endUser.id, connectors: row!.connectors, connectionId: again?.id ?? null };
    await recordAudit(tx, { who, tenant: { platformId, projectId }, action: 'connect_link.created', target: { type: 'connect_link', id }, details });
    return { ...toConnectLink(row!), token };
  });
}

const wrong = (path: string, message: string): AppError => new AppError('VALIDATION', `${path}: ${message}.`, { params: { issues: [{ path, message }] } });

/** @throws AppError VALIDATION */
function requireSensible(link: NewLink): void {
  if (link.connectionId === undefined && link.connectors === undefined) throw wrong('connectors', 'is needed, unless a connection is connected again ("connectionId")');
  if (!connectionMetadata.safeParse({ ...link.metadata, endUser: link.endUser }).success) throw wrong('metadata', 'must not be larger than 16 KiB as JSON, together with the end user');
  if (link.connectionId === undefined) return;
  // A reconnect changes nothing but the credential.
  for (const name of ['externalId', 'ownerId'] as const) if (link[name] !== undefined) throw wrong(name, 'is what the connection has already; leave it out with "connectionId"');
  if (Object.keys(link.inputs).length > 0) throw wrong('inputs', 'are what the connection has already; leave them out with "connectionId"');
}

/** One of the project's own, which the link's maker could connect again as well. */
async function findOwn(tx: EntityManager, who: ProjectPrincipal, id: string): Promise<ConnectionRow> {
  const row = await findConnection(tx, who, id, false);
  requireMayChange(row, who, 'have it connected again');
  if (row.scope === 'PLATFORM') throw wrong('connectionId', 'is a connection of the platform; a link connects those of one project');
  if (row.deletedAt !== null) throw AppError.notFound('app_connection', id);
  return row;
}

function connectorOf(connector: Connector, named: readonly Connector[]): Connector {
  if (named.some(({ id }) => id !== connector.id)) throw wrong('connectors', `the connection is one of ${connector.id}; leave it out with "connectionId"`);
  return connector;
}

async function ownerOf(tx: EntityManager, who: ProjectPrincipal, wanted: string | undefined): Promise<string | null> {
  if (wanted === undefined || wanted === who.userId) return who.userId;
  if (!mayDo(who, 'admin')) throw new AppError('AUTHORIZATION', 'Only an admin may make connections that belong to somebody else.');
  await requireUser(tx, who.platformId, wanted);
  return wanted;
}

async function returnUrlsOf(tx: EntityManager, { platformId, projectId }: ProjectPrincipal): Promise<string[]> {
  const [row] = await tx.query<{ return_urls: string[] }[]>('SELECT return_urls FROM registry.project WHERE id = $1 AND platform_id = $2', [projectId, platformId]);
  if (row === undefined) throw AppError.notFound('project', projectId);
  return row.return_urls;
}
