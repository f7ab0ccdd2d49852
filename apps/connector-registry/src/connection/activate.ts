import { connections, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import type { RegistryParts } from '../registry-parts.js';
import { ConnectionRow } from './connection.entity.js';
import { isNews } from './connection.js';
import { lockConnection, moveConnection } from './move-connection.js';

type Stored = RequestOf<typeof connections.activate> & { projectId?: string };

/**
 * A credential is stored and verified.
 * @throws AppError ENTITY_NOT_FOUND if the connection is gone: the keeper's event then has the credential destroyed
 */
export async function activate(parts: RegistryParts, stored: Stored): Promise<ConnectionRow> {
  const row = await parts.database.transaction((tx) => activateIn(parts, tx, stored));
  if (row === null) throw AppError.notFound('app_connection', stored.connectionId);
  return row;
}

/**
 * The one verb behind the broker's call and the keeper's event; whichever comes second, and every repeat, changes nothing.
 * @returns null if there is no such connection
 */
export async function activateIn(parts: RegistryParts, tx: EntityManager, stored: Stored): Promise<ConnectionRow | null> {
  const { connectionId, projectId, account, credentialVersion } = stored;
  const row = await lockConnection(tx, connectionId, projectId);
  if (row === null) return null;
  if (isNews(row, 'credential_stored', credentialVersion)) {
    const change = { credentialVersion, accountId: account.id, accountName: account.name, connectedNow: true };
    return moveConnection(parts, tx, row, { name: 'credential_stored' }, change);
  }
  // "Broken" or "refreshed" overtook "stored": the status is right already, only the account is not known yet.
  const isCurrent = credentialVersion === row.credentialVersion;
  if (isCurrent && (row.connectedAt === null || account.id !== row.accountId || account.name !== row.accountName)) {
    await tx.update(ConnectionRow, { id: row.id }, { accountId: account.id, accountName: account.name, connectedAt: () => 'now()', openAttempts: 0 });
    return tx.findOneByOrFail(ConnectionRow, { id: row.id });
  }
  return row;
}
