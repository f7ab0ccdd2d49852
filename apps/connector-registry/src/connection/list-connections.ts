import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { In } from 'typeorm';
import { requireProject } from '../access/require-project.js';
import type { RegistryParts } from '../registry-parts.js';
import { ConnectionRow } from './connection.entity.js';
import { toConnection } from './to-connection.js';

type Contract = typeof connections.list;

/** The project's connections, oldest first. */
export async function listConnections({ database, catalog }: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { platformId, projectId } = requireProject(request.principal, 'connections:read');
  const { connector, status, ownerId } = request;
  const rows = await database.getRepository(ConnectionRow).find({
    where: {
      platformId,
      projectId,
      // A connection outlives its connector's place in the catalog, and is still found by the id it has.
      ...(connector === undefined ? {} : { connector: catalog.find(connector)?.id ?? connector }),
      ...(status === undefined ? {} : { status: In(status) }),
      ...(ownerId === undefined ? {} : { ownerId }),
    },
    order: { createdAt: 'ASC', id: 'ASC' },
  });
  return { connections: rows.map(toConnection) };
}
