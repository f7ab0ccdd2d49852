import type { DatabaseOptions } from '@trunkline/persistence';
import { OauthAppRow } from './oauth-app/oauth-app.entity.js';
import { migrations } from './migrations/index.js';

/** The schema this service owns, and how it is made. */
export const oauthDatabase: DatabaseOptions = { schema: 'oauth', entities: [OauthAppRow], migrations };
