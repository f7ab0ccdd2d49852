import { credentials } from '@trunkline/contracts';
import type { RegistryParts } from '../../registry-parts.js';
import { confirmDeletion, type Deletion } from './connection-deletion.js';

/** Has the keeper destroy (and revoke) a credential. Never throws: what fails now is done by the sweep. Twice is harmless. */
export async function deleteCredential({ rpc, database, context }: RegistryParts, deletion: Deletion): Promise<boolean> {
  const { connectionId, platformId, projectId } = deletion;
  try {
    await rpc.call(credentials.delete, { connectionId, platformId, projectId });
    await confirmDeletion(database, deletion);
    return true;
  } catch (error) {
    const { attempts } = deletion;
    context.logger.warn({ error, connectionId, attempts }, 'the credential of a deleted connection could not be destroyed yet; it is tried again');
    return false;
  }
}
