import type { DatabaseOptions } from '@trunkline/persistence';
import { ConnectionRow } from './connection/connection.entity.js';
import { ProjectRow } from './project/project.entity.js';
import { migrations } from './migrations/index.js';

/** The schema this service owns, and how it is made. */
export const registryDatabase: DatabaseOptions = { schema: 'registry', entities: [ProjectRow, ConnectionRow], migrations };
