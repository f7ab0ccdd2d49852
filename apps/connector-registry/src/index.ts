export { registryDatabase } from './database.js';
export { connectorRegistry } from './connector-registry.js';
