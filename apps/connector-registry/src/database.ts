import type { DatabaseOptions } from '@trunkline/persistence';
import { ApiKeyRow } from './api-key/api-key.entity.js';
import { ConnectionRow } from './connection/connection.entity.js';
import { PlatformRow } from './platform/platform.entity.js';
import { ProjectRow } from './project/project.entity.js';
import { UserRow } from './user/user.entity.js';
import { migrations } from './migrations/index.js';

/** The schema this service owns, and how it is made. */
export const registryDatabase: DatabaseOptions = { schema: 'registry', entities: [PlatformRow, ProjectRow, UserRow, ApiKeyRow, ConnectionRow], migrations };
