import type { AuthMethodName, Principal } from '@trunkline/contracts';
import { mayDo } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { ConnectionRow } from './connection.entity.js';

/** What an attempt to connect is for. */
export interface Wanted {
  readonly connector: string;
  readonly authMethod: AuthMethodName;
  readonly inputs: Readonly<Record<string, string>>;
}

type Existing = Pick<ConnectionRow, 'connector' | 'authMethod' | 'inputs' | 'status' | 'credentialVersion' | 'ownerId'>;

/**
 * What a new attempt means for the row that has its externalId already.
 *
 * A secret is bound to the place it was given for: a connection that has one cannot be turned to another connector, account input or
 * kind of credential. One that never got a credential is nothing yet, and gives way to a new row under a new id; what an earlier
 * attempt may still bring then finds no connection and is destroyed.
 *
 * @throws AppError AUTHORIZATION if the connection is somebody else's, INVALID_APP_CONNECTION if it is bound to something else
 */
export function reuse(existing: Existing, wanted: Wanted, who: Principal): 'keep' | 'replace' {
  if (!mayChange(existing, who)) throw new AppError('AUTHORIZATION', 'Only the owner of a connection or an admin may connect it again.');
  const difference = whatDiffers(existing, wanted);
  if (difference === null) return 'keep';
  if (existing.status === 'pending' && existing.credentialVersion === null) return 'replace';
  throw new AppError('INVALID_APP_CONNECTION', `The connection of this externalId has ${difference}. Disconnect it first, or choose another externalId.`, {
    params: { difference },
  });
}

/** Only the owner or an admin changes a credential; what belongs to the project itself is changed by the project's own keys. */
export const mayChange = (existing: Pick<ConnectionRow, 'ownerId'>, who: Principal): boolean => existing.ownerId === who.userId || mayDo(who, 'admin');

function whatDiffers(existing: Existing, wanted: Wanted): string | null {
  if (existing.connector !== wanted.connector) return `another connector (${existing.connector})`;
  if (existing.authMethod !== wanted.authMethod) return `another kind of credential (${existing.authMethod})`;
  const names = new Set([...Object.keys(existing.inputs), ...Object.keys(wanted.inputs)]);
  const differing = [...names].filter((name) => existing.inputs[name] !== wanted.inputs[name]);
  return differing.length === 0 ? null : `another ${differing.sort().join(', ')}`;
}
