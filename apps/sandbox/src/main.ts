import { startService } from '@trunkline/service';
import { sandbox } from './sandbox.js';

await startService(sandbox);
