import type { Connector } from '@trunkline/catalog';
import type { ConnectionType } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import type { TenantPrincipal } from '../access/require-tenant.js';
import { countAttempt, findOrMake, type Begun } from '../connection/attempt/begin-attempt.js';
import { findConnection } from '../connection/find-connection.js';
import { projectsOf } from '../connection/move-connection.js';
import { requireMayChange } from '../connection/rights.js';
import type { RegistryParts } from '../registry-parts.js';
import { withEndUser } from './end-user-metadata.js';
import type { OpenLink } from './find-open-link.js';
import { inputsByLink } from './given-inputs.js';
import { linkPrincipal } from './link-principal.js';

export interface Wanted {
  readonly connector: Connector;
  readonly type: ConnectionType;
  /** What the person says. */
  readonly inputs: Readonly<Record<string, string>>;
}

export interface BegunByLink {
  readonly who: TenantPrincipal;
  readonly begun: Begun;
  readonly inputs: Record<string, string>;
}

/**
 * The row of the connection a link is for waits for a credential from here on: a new one, the end user's own of that connector, or the
 * one that is to be connected again. `besides` happens in the same transaction.
 */
export async function beginByLink({ database }: RegistryParts, link: OpenLink, wanted: Wanted, besides: (tx: EntityManager, begun: Begun) => Promise<void> = async () => undefined): Promise<BegunByLink> {
  const who = linkPrincipal(link);
  const { platformId, projectId } = link;
  try {
    return await asTenant(database, { platformId, projectId }, async (tx) => {
      const one = await (link.connectionId === null ? byPlace(tx, who, link, wanted) : again(tx, who, link.connectionId, wanted));
      await besides(tx, one.begun);
      return { who, ...one };
    });
  } catch (error) {
    // Somebody deleted the connection, or gave it to somebody else, since the link was made: no business of the person who has it.
    if (!(error instanceof AppError) || (error.code !== 'ENTITY_NOT_FOUND' && error.code !== 'AUTHORIZATION')) throw error;
    throw new AppError('INVALID_APP_CONNECTION', 'What this link is for has changed, and it cannot be used any more. Ask whoever sent it for a new one.', { cause: error });
  }
}

type Begin = Omit<BegunByLink, 'who'>;

async function byPlace(tx: EntityManager, who: TenantPrincipal, link: OpenLink, { connector, type, inputs: said }: Wanted): Promise<Begin> {
  const { platformId, projectId, ownerId, endUser } = link;
  const inputs = inputsByLink(connector, link.inputs, said);
  const externalId = link.externalId ?? (await ownExternalId(tx, link, connector.id));
  const placing = {
    place: { platformId, scope: 'PROJECT' as const, projectId, externalId },
    connector,
    inputs,
    ownerId,
    change: { pieceName: connector.id, displayName: link.displayName ?? `${connector.name} of ${endUser.displayName ?? endUser.id}`.slice(0, 200), metadata: withEndUser(null, link) },
  };
  const { row, isNew } = await findOrMake(tx, { who, placing, type, details: { connectLinkId: link.id, endUserId: endUser.id } }, 'pending');
  return { begun: isNew ? { row, projectIds: await projectsOf(tx, row) } : await countAttempt(tx, who, row), inputs };
}

/**
 * One end user has one connection of each connector. Its external id is the end user's id; where a connection of another connector has
 * that already, the connector's stands behind it.
 */
async function ownExternalId(tx: EntityManager, { platformId, projectId, endUser }: OpenLink, connector: string): Promise<string> {
  const candidates = [endUser.id, `${endUser.id}:${connector}`] as const;
  // Two systems of one end user may be connected at once; both would otherwise find the id free.
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`connect link\n${projectId}\n${endUser.id}`]);
  const taken: { external_id: string; connector: string }[] = await tx.query(
    `SELECT external_id, connector FROM registry.connection
     WHERE platform_id = $1 AND scope = 'PROJECT' AND project_id = $2 AND external_id IN ($3, $4) AND deleted_at IS NULL`,
    [platformId, projectId, ...candidates],
  );
  const own = candidates.find((candidate) => taken.some((row) => row.external_id === candidate && row.connector === connector));
  return own ?? candidates.find((candidate) => taken.every((row) => row.external_id !== candidate)) ?? candidates[1];
}

async function again(tx: EntityManager, who: TenantPrincipal, connectionId: string, { connector, inputs }: Wanted): Promise<Begin> {
  const row = await findConnection(tx, who, connectionId);
  if (row.deletedAt !== null || row.projectId !== who.projectId) throw AppError.notFound('app_connection', connectionId);
  requireMayChange(row, who, 'connect it again');
  const other = Object.keys(inputs)[0];
  if (row.connector !== connector.id || other !== undefined) {
    throw new AppError('INVALID_APP_CONNECTION', `A reconnect changes nothing but the credential, and this one has another ${other === undefined ? 'connector' : `"${other}"`}.`, {
      params: { connector: connector.id },
    });
  }
  return { begun: await countAttempt(tx, who, row), inputs: row.inputs };
}
