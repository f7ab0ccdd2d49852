import { startService } from '@trunkline/service';
import { tokenRefresher } from './token-refresher.js';

await startService(tokenRefresher);
