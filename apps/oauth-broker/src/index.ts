export { oauthDatabase } from './database.js';
export { oauthBroker } from './oauth-broker.js';
