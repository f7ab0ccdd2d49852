import type { Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { ConnectionRow } from '../connection.entity.js';
import { requireMayChange } from '../rights.js';

type Existing = Pick<ConnectionRow, 'connector' | 'status' | 'credentialVersion' | 'ownerId' | 'scope'>;

/**
 * What a new attempt means for the row that has its externalId already. Another type or other inputs may come with a new credential
 * that verifies: the connection has the old ones until then. Its connector stays: flows read that connector's streams.
 *
 * One that never got a credential is nothing yet, and gives way to a new row under a new id; what an earlier attempt may still bring
 * then finds no connection and is destroyed.
 *
 * @throws AppError AUTHORIZATION if the connection is somebody else's, INVALID_APP_CONNECTION if it is of another connector
 */
export function reuse(existing: Existing, wanted: { readonly connector: string }, who: Principal): 'keep' | 'replace' {
  requireMayChange(existing, who, 'connect it again');
  if (existing.connector === wanted.connector) return 'keep';
  if (existing.status === 'pending' && existing.credentialVersion === null) return 'replace';
  const difference = `another connector (${existing.connector})`;
  throw new AppError('INVALID_APP_CONNECTION', `The connection of this externalId has ${difference}. Delete it first, or choose another externalId.`, {
    params: { difference },
  });
}
