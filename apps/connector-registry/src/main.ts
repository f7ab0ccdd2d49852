import { startService } from '@trunkline/service';
import { connectorRegistry } from './connector-registry.js';

await startService(connectorRegistry);
