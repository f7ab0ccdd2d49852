import { startService } from '@trunkline/service';
import { oauthBroker } from './oauth-broker.js';

await startService(oauthBroker);
