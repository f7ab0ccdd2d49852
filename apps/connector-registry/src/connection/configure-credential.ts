import { credentials } from '@trunkline/contracts';
import type { RegistryParts } from '../registry-parts.js';
import { ConnectionRow } from './connection.entity.js';
import { configurationOf } from './move-connection.js';

/**
 * Tells the keeper at once what an event tells it a moment later, so that a person who got an answer can rely on it. Never throws: what
 * fails now is done by the event; of the two the newer version wins.
 */
export async function configureCredential({ database, rpc, context }: RegistryParts, connectionId: string): Promise<void> {
  try {
    const row = await database.manager.findOneBy(ConnectionRow, { id: connectionId });
    if (row === null) return;
    const { version, enabled, projectIds, ownerId } = await configurationOf(database.manager, row);
    await rpc.call(credentials.configure, { connectionId, version, enabled, projectIds, ownerId });
  } catch (error) {
    context.logger.warn({ error, connectionId }, 'the keeper could not be told at once who may use a connection; the event tells it');
  }
}
