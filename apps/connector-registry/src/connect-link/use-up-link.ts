import type { Principal } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import { recordAudit } from '../audit/record-audit.js';
import { ConnectionRow } from '../connection/connection.entity.js';
import type { OpenLink } from './find-open-link.js';
import { withEndUser } from './end-user-metadata.js';

type Used = Pick<OpenLink, 'id' | 'creator' | 'endUser' | 'metadata' | 'ownerId'> & { readonly displayName: string | null };

/** What the log says besides of a connection that was made by a link. */
export interface LinkUse {
  readonly row: ConnectionRow;
  readonly details: Readonly<Record<string, string>>;
}

/**
 * In the transaction that activates a connection: the link it was claimed for is used from now on, whoever told that the credential is
 * stored. A claim that lapsed counts, unless a younger one is there. A link that nobody claimed for the connection is left alone.
 */
export async function useUpLink(tx: EntityManager, row: ConnectionRow): Promise<LinkUse> {
  const [links] = await tx.query<[Used[], number]>(
    `UPDATE registry.connect_link SET used_at = now(), used_connection_id = $1 WHERE id =
       (SELECT id FROM registry.connect_link WHERE claimed_connection_id = $1 AND used_at IS NULL ORDER BY claimed_until DESC LIMIT 1)
     RETURNING id, creator, end_user AS "endUser", metadata, owner_id AS "ownerId", display_name AS "displayName"`,
    [row.id],
  );
  const link = links[0];
  if (link === undefined) return { row, details: {} };
  const details = { connectLinkId: link.id, endUserId: link.endUser.id };
  const who: Principal = { ...link.creator, reach: 'project', platformId: row.platformId, projectId: row.projectId, userId: link.ownerId, scopes: [] };
  const { platformId, projectId } = row;
  await recordAudit(tx, { who, tenant: { platformId, projectId }, action: 'connect_link.used', target: { type: 'connect_link', id: link.id }, details: { endUserId: link.endUser.id, connectionId: row.id } });
  return { row: await noteEndUser(tx, row, link), details };
}

async function noteEndUser(tx: EntityManager, row: ConnectionRow, link: Used): Promise<ConnectionRow> {
  const metadata = withEndUser(row.metadata, link);
  const displayName = link.displayName ?? row.displayName;
  if (metadata === row.metadata && displayName === row.displayName) return row;
  await tx.update(ConnectionRow, { id: row.id }, { metadata: metadata as never, displayName, updatedAt: () => 'now()', version: () => 'version + 1' });
  return tx.findOneByOrFail(ConnectionRow, { id: row.id });
}
