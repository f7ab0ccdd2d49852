import { authorizations, credentials, isOauth, type ConnectionValue, type KeyCredential, type OauthCredential } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import type { TenantPrincipal } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { activateIn, type Stored } from './activate.js';
import type { Begun } from './attempt/begin-attempt.js';
import { endAttempt, surelyFailed } from './attempt/end-attempt.js';
import type { ConnectionRow } from './connection.entity.js';
import { tenantOf } from './rights.js';

export type Credential = Exclude<ConnectionValue, { type: 'PLACEHOLDER' }>;

interface Giving {
  readonly who: TenantPrincipal;
  readonly begun: Begun;
  readonly value: Credential;
  readonly inputs: Record<string, string>;
  readonly allowOtherAccount: boolean;
  /** What the audit log says besides of an attempt that fails. */
  readonly details?: Readonly<Record<string, string>>;
}

/**
 * Has a credential verified and stored for a connection that has begun to wait for it, then activates the connection and does
 * `afterwards` in the same transaction. A credential that is refused leaves what was there. If we die after it was stored, the keeper's
 * event activates the connection in our place.
 */
export async function giveCredential<Result>(
  parts: RegistryParts,
  giving: Giving,
  afterwards: (tx: EntityManager, row: ConnectionRow) => Promise<Result>,
): Promise<Result> {
  const { who, begun: { row: { id: connectionId, projectId } } } = giving;
  const within = <Answer>(work: (tx: EntityManager) => Promise<Answer>) => asTenant(parts.database, tenantOf(who), work);
  try {
    const stored = await store(parts, giving);
    return await within(async (tx) => {
      const row = await activateIn(parts, tx, stored, who);
      if (row === null) throw AppError.notFound('app_connection', connectionId);
      return afterwards(tx, row);
    });
  } catch (error) {
    if (surelyFailed(error)) {
      await within(async (tx) => {
        await endAttempt(tx, { connectionId, projectId });
        await recordFailure(tx, giving, error as AppError);
      });
    }
    if (!(error instanceof AppError) || error.code !== 'ENTITY_NOT_FOUND') throw error;
    throw new AppError('CONFLICT', 'The connection was removed while it was being connected.', { cause: error });
  }
}

function recordFailure(tx: EntityManager, { who, begun: { row }, value: { type }, details = {} }: Giving, { code }: AppError): Promise<void> {
  const { id, platformId, projectId, credentialVersion } = row;
  return recordAudit(tx, {
    who,
    tenant: { platformId, projectId },
    action: credentialVersion === null ? 'connection.connected' : 'connection.reconnected',
    target: { type: 'app_connection', id },
    outcome: 'failed',
    details: { type, code, ...details },
  });
}

async function store({ rpc }: RegistryParts, { begun, value, inputs, allowOtherAccount }: Giving): Promise<Stored> {
  const { id: connectionId, platformId, projectId, ownerId, connector, credentialVersion } = begun.row;
  const about = { connectionId, platformId, projectId, projectIds: begun.projectIds, ownerId, connector, inputs, allowOtherAccount };
  if (bringsOauth(value)) {
    const reconnect = credentialVersion !== null;
    return { connectionId, ...(await rpc.call(authorizations.accept, { ...about, type: value.type, reconnect, credential: value })) };
  }
  const stored = await rpc.call(credentials.put, { ...about, type: value.type, credential: value satisfies KeyCredential });
  return { connectionId, account: stored.account, credentialVersion: stored.credentialVersion, scopes: stored.scopes, type: value.type, inputs };
}

const bringsOauth = (value: Credential): value is OauthCredential => isOauth(value.type);
