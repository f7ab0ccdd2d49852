import { natsTransports } from '@trunkline/messaging';
import { nestService } from '@trunkline/service';
import { settings } from './config.js';
import { connectorRegistryModule } from './connector-registry.module.js';

/** Knows platforms, projects, users, keys, the catalog, and the connections of each project with their state. */
export const connectorRegistry = nestService({
  name: 'connector-registry',
  settings,
  module: connectorRegistryModule,
  transports: natsTransports,
  defaultPort: 3_001,
});
