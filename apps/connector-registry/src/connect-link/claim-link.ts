import { connectLinks, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import { lockConnection } from '../connection/move-connection.js';
import type { RegistryParts } from '../registry-parts.js';
import { linkIsInvalid } from './find-open-link.js';

export interface Claim {
  readonly linkId: string;
  readonly connectionId: string;
  /** The walk or attempt. The same one may ask again. */
  readonly by: string;
}

/** Longer than the exchange of a code, or the verification of a key, and the storing together take. */
const claimLife = "now() + interval '2 minutes'";

/**
 * Keeps a link for one attempt from just before its credential is obtained until it is stored or refused: others would otherwise have
 * theirs stored before it shows that the link has been used. If whoever holds it dies, it lapses.
 * The connection's row must be locked: for one connection one link at a time is held, so that its activation says which one was used.
 * @throws AppError CONNECT_LINK_INVALID if it was used or revoked meanwhile; CONFLICT while another attempt holds it
 */
export async function claimLink(tx: EntityManager, { linkId, connectionId, by }: Claim): Promise<void> {
  const [claimed] = await tx.query<[unknown[], number]>(
    `UPDATE registry.connect_link SET claimed_by = $2, claimed_connection_id = $3, claimed_until = ${claimLife}
     WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL AND (claimed_until IS NULL OR claimed_until <= now() OR claimed_by = $2)
       AND NOT EXISTS (SELECT FROM registry.connect_link o WHERE o.id <> $1 AND o.claimed_connection_id = $3 AND o.used_at IS NULL AND o.claimed_until > now())
     RETURNING id`,
    [linkId, by, connectionId],
  );
  if (claimed.length > 0) return;
  const open = await tx.query<unknown[]>('SELECT FROM registry.connect_link WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL', [linkId]);
  if (open.length === 0) throw linkIsInvalid();
  throw new AppError('CONFLICT', 'This link is being used at this very moment, perhaps in another window. Open it again in a minute if nothing comes of that.');
}

/** The attempt came to nothing: the link is as open as before. */
export async function releaseLink(tx: EntityManager, by: string): Promise<void> {
  await tx.query('UPDATE registry.connect_link SET claimed_by = NULL, claimed_connection_id = NULL, claimed_until = NULL WHERE claimed_by = $1 AND used_at IS NULL', [by]);
}

/** A walk that was begun while the link was open may end after its time: the walk's own ten minutes count. */
export async function claim({ database }: RegistryParts, { id, connectionId, authorizationId }: RequestOf<typeof connectLinks.claim>): Promise<ReplyOf<typeof connectLinks.claim>> {
  await database.transaction(async (tx) => {
    const row = await lockConnection(tx, { connectionId });
    if (row === null || row.deletedAt !== null) throw new AppError('CONFLICT', 'The connection was removed while it was being connected. Open the link again.');
    await claimLink(tx, { linkId: id, connectionId, by: authorizationId });
  });
  return {};
}
