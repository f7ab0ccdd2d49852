import type { credentialBroken, credentialRefreshed, credentialStored, DataOf, StatusReason } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import type { RegistryParts } from '../registry-parts.js';
import { activateIn } from './activate.js';
import { noteDeletion } from './delete/connection-deletion.js';
import { ConnectionRow } from './connection.entity.js';
import { after, isNews } from './connection.js';
import { lockConnection, moveConnection, type Named } from './move-connection.js';

/** Activates in the place of a broker (or of ourselves) that died between the keeper's answer and the activation. */
export async function credentialWasStored(parts: RegistryParts, tx: EntityManager, fact: DataOf<typeof credentialStored>): Promise<void> {
  const row = await activateIn(parts, tx, fact);
  if (row !== null) return;
  // The connection was deleted while its credential was on the way: a secret nobody can see or disconnect any more must not stay.
  parts.context.logger.info({ connectionId: fact.connectionId }, 'a credential came for a connection that is gone; it is destroyed');
  await noteDeletion(tx, fact, 0);
}

export const credentialWasBroken = (parts: RegistryParts, tx: EntityManager, fact: DataOf<typeof credentialBroken>): Promise<void> =>
  hear(parts, tx, fact, { name: 'credential_broken', reason: fact.reason });

export const credentialWasRefreshed = (parts: RegistryParts, tx: EntityManager, fact: DataOf<typeof credentialRefreshed>): Promise<void> =>
  hear(parts, tx, fact, { name: 'credential_refreshed' });

async function hear(
  parts: RegistryParts,
  tx: EntityManager,
  { credentialVersion, ...named }: Named & { credentialVersion: number },
  move: { name: 'credential_broken' | 'credential_refreshed'; reason?: StatusReason },
): Promise<void> {
  const row = await lockConnection(tx, named);
  if (row === null || row.deletedAt !== null || !isNews(row, move.name, credentialVersion)) return;
  const now = after(row, move.name, move.reason);
  if (now.status !== row.status || now.statusReason !== row.statusReason) await moveConnection(parts, tx, row, move, { credentialVersion });
  // Nothing to see from outside, but what is said of an older credential from now on is old news.
  else if (credentialVersion !== row.credentialVersion) await tx.update(ConnectionRow, { id: row.id }, { credentialVersion });
}
