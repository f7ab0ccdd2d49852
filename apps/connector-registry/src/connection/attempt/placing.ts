import { isOfferedTo, type Catalog, type Connector } from '@trunkline/catalog';
import { mayDo, type connections, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { TenantPrincipal } from '../../access/require-tenant.js';
import { notShared, type ConnectionChange } from '../change-connection.js';
import { connectorNamed, requireInputs } from '../connector-for.js';
import { managesPlatform } from '../rights.js';

type Request = Pick<
  RequestOf<typeof connections.connect>,
  'connector' | 'pieceVersion' | 'externalId' | 'displayName' | 'inputs' | 'metadata' | 'scope' | 'projectIds' | 'preSelectForNewProjects' | 'ownerId' | 'expires'
>;

/** Where a connection belongs, and what it is besides its credential. */
export interface Placing {
  /** The four that name it: at most one connection has them. */
  readonly place: { readonly platformId: string; readonly scope: 'PROJECT' | 'PLATFORM'; readonly projectId: string | null; readonly externalId: string };
  readonly connector: Connector;
  readonly inputs: Record<string, string>;
  readonly ownerId: string | null;
  /** What is asked for of a connection that is there already. */
  readonly change: ConnectionChange;
}

/**
 * @throws AppError AUTHORIZATION for a place that is not the caller's to fill, ENTITY_NOT_FOUND for a connector or another project,
 * INVALID_APP_CONNECTION for inputs
 */
export function placingOf(catalog: Catalog, who: TenantPrincipal, request: Request): Placing {
  const { displayName, metadata, pieceVersion, preSelectForNewProjects, projectIds, expires } = request;
  const connector = connectorNamed(catalog, request.connector);
  const inputs = requireInputs(connector, request.inputs);
  const projectId = request.scope === 'PLATFORM' ? null : ownProject(who);
  if (projectId === null && !managesPlatform(who)) throw new AppError('AUTHORIZATION', 'Only an admin of the platform may make connections of scope PLATFORM.');
  if (!isOfferedTo(connector, { platformId: who.platformId, projectId })) throw notShared('scope', `${connector.name} is a connector of one project; only that project connects it`);
  if (projectId !== null) {
    const foreign = projectIds?.find((id) => id !== projectId);
    if (foreign !== undefined) throw AppError.notFound('project', foreign);
    if (preSelectForNewProjects === true) throw notShared('preSelectForNewProjects', 'only a connection of scope PLATFORM is shared with new projects');
  }
  if (request.ownerId !== undefined && request.ownerId !== who.userId && !mayDo(who, 'admin')) {
    throw new AppError('AUTHORIZATION', 'Only an admin may make connections that belong to somebody else.');
  }
  const ownerId = request.ownerId ?? who.userId;
  const externalId = request.externalId ?? `${connector.id}:${ownerId ?? request.scope.toLowerCase()}`;
  return {
    place: { platformId: who.platformId, scope: request.scope, projectId, externalId },
    connector,
    inputs,
    ownerId,
    change: {
      pieceName: request.connector,
      pieceVersion,
      displayName,
      metadata,
      preSelectForNewProjects,
      ownerId: request.ownerId,
      expires,
      ...(projectId === null ? { projectIds } : {}),
    },
  };
}

function ownProject({ projectId }: TenantPrincipal): string {
  if (projectId === null) throw new AppError('AUTHORIZATION', 'A connection of scope PROJECT needs a project: name it ("projectId"), or use scope PLATFORM.');
  return projectId;
}
