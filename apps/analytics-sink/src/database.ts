import type { DatabaseOptions } from '@trunkline/persistence';
import { migrations } from './migrations/index.js';

/** The schema this service owns, and how it is made. */
export const analyticsDatabase: DatabaseOptions = { schema: 'analytics', entities: [], migrations };
