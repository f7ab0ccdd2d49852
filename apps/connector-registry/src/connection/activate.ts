import { connections, type Connection, type Principal, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import { recordAudit } from '../audit/record-audit.js';
import { useUpLink } from '../connect-link/use-up-link.js';
import type { RegistryParts } from '../registry-parts.js';
import { ConnectionRow } from './connection.entity.js';
import { isNews } from './connection.js';
import { lockConnection, moveConnection, tellConfigured, type Named } from './move-connection.js';
import { takePlaceOfDeleted } from './replace/take-place-of-deleted.js';
import { toConnection } from './to-connection.js';

export type Stored = Omit<RequestOf<typeof connections.activate>, 'connectionId'> & Named;

/**
 * A credential is stored and verified.
 * @throws AppError ENTITY_NOT_FOUND if the connection is gone: the keeper's event then has the credential destroyed
 */
export function activate(parts: RegistryParts, stored: Stored): Promise<Connection> {
  return parts.database.transaction(async (tx) => {
    const row = await activateIn(parts, tx, stored);
    if (row === null) throw AppError.notFound('app_connection', stored.connectionId);
    return toConnection(tx, row);
  });
}

/**
 * The one verb behind the broker's call, the keeper's event and our own connecting; whichever comes second, and every repeat, changes
 * nothing.
 * @returns null if there is no such connection any more
 */
export async function activateIn(parts: RegistryParts, tx: EntityManager, stored: Stored, who?: Principal): Promise<ConnectionRow | null> {
  const { account, credentialVersion, type, inputs, scopes } = stored;
  const row = await lockConnection(tx, stored);
  if (row === null || row.deletedAt !== null) return null;
  const brought = { accountId: account.id, accountName: account.name, type, inputs, grantedScopes: scopes };
  if (isNews(row, 'credential_stored', credentialVersion)) {
    const isFirst = row.connectedAt === null;
    const moved = await moveConnection(parts, tx, row, { name: 'credential_stored' }, { ...brought, credentialVersion, connectedNow: true });
    if (isFirst) await takePlaceOfDeleted(tx, moved);
    // A walk takes minutes: who may use the connection was said when it began, and may be said differently since.
    await tellConfigured(parts.outbox, tx, moved);
    const { row: noted, details } = await useUpLink(tx, moved);
    await record(tx, noted, isFirst ? 'connection.connected' : 'connection.reconnected', { who, details });
    return noted;
  }
  // "Broken" or "refreshed" overtook "stored": the status is right already, only what came with the credential is not known yet.
  if (credentialVersion === row.credentialVersion && (row.connectedAt === null || differs(row, brought))) {
    await tx.update(ConnectionRow, { id: row.id }, { ...brought, connectedAt: () => 'now()', openAttempts: 0, updatedAt: () => 'now()', version: () => 'version + 1' });
    if (row.connectedAt === null) await takePlaceOfDeleted(tx, row);
    return (await useUpLink(tx, await tx.findOneByOrFail(ConnectionRow, { id: row.id }))).row;
  }
  return row;
}

const differs = (row: ConnectionRow, brought: Partial<ConnectionRow>): boolean =>
  Object.entries(brought).some(([name, value]) => canonical(row[name as keyof ConnectionRow]) !== canonical(value));

/** PostgreSQL keeps jsonb's members in an order of its own. */
const canonical = (value: unknown): string =>
  JSON.stringify(typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)) : value);

/** In the name of whoever attempted it: a walk through consent ends in a call of the broker's. */
function record(tx: EntityManager, row: ConnectionRow, action: string, { who = row.attemptedBy, details }: { who?: Principal | null | undefined; details: Readonly<Record<string, string>> }): Promise<void> {
  const { id, platformId, projectId, type, connector } = row;
  return recordAudit(tx, {
    who: who ?? { kind: 'service', id: 'connector-registry', userId: null },
    tenant: { platformId, projectId },
    action,
    target: { type: 'app_connection', id },
    details: { type, connector, ...details },
  });
}
