import { startService } from '@trunkline/service';
import { gateway } from './gateway.js';

await startService(gateway);
