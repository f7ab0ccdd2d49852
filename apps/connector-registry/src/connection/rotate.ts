import { authMethodOf, connections, isOauth, type Connection, type ConnectionValue, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import { catalogIn } from '../connector-definition/catalog-for.js';
import type { RegistryParts } from '../registry-parts.js';
import { countAttempt } from './attempt/begin-attempt.js';
import { changeConnection } from './change-connection.js';
import type { ConnectionRow } from './connection.entity.js';
import { connectorNamed, requireAuthMethod } from './connector-for.js';
import { findConnection } from './find-connection.js';
import { giveCredential, type Credential } from './give-credential.js';
import { requireMayChange, tenantOf } from './rights.js';
import { toConnection } from './to-connection.js';

/** Puts a new key in the place of the old one, which works until the new one has been verified and is destroyed then. */
export async function rotate(parts: RegistryParts, request: RequestOf<typeof connections.rotate>): Promise<Connection> {
  const who = requireTenant(request.principal, 'connections:write');
  const { id, value, expires, allowOtherAccount } = request;
  const begun = await asTenant(parts.database, tenantOf(who), async (tx) => {
    const row = await findConnection(tx, who, id);
    requireMayChange(row, who, 'rotate its key');
    requireKey(row, value);
    const method = authMethodOf(value.type);
    if (method !== null) requireAuthMethod(connectorNamed(await catalogIn(parts, tx, who, row.connector), row.connector), method);
    return countAttempt(tx, who, row);
  });
  const giving = { who, begun, value: value as Credential, inputs: begun.row.inputs, allowOtherAccount };
  return giveCredential(parts, giving, async (tx, activated) => {
    const { row } = await changeConnection(parts, tx, who, activated, { expires: expires ?? null });
    const { platformId, projectId } = row;
    await recordAudit(tx, { who, tenant: { platformId, projectId }, action: 'connection.rotated', target: { type: 'app_connection', id }, details: { type: value.type } });
    return toConnection(tx, row);
  });
}

/** @throws AppError VALIDATION */
function requireKey(row: ConnectionRow, { type }: ConnectionValue): void {
  if (isOauth(row.type) || isOauth(type)) {
    throw new AppError('VALIDATION', 'A connection by OAuth has no key to rotate: its tokens are renewed by themselves. Reconnect it for a new grant.');
  }
  if (type === 'PLACEHOLDER') throw new AppError('VALIDATION', 'value: a placeholder is no key.', { params: { issues: [{ path: 'value', message: 'is no key' }] } });
  if (row.credentialVersion === null || row.deletedAt !== null) throw new AppError('VALIDATION', 'This connection has no key yet. Connect it first.');
}
