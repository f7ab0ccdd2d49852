import { natsTransports } from '@trunkline/messaging';
import { nestService } from '@trunkline/service';
import { settings } from './config.js';
import { oauthBrokerModule } from './oauth-broker.module.js';

/** Walks a person through consent and ends with a grant, which it hands to the keeper and forgets. */
export const oauthBroker = nestService({
  name: 'oauth-broker',
  settings,
  module: oauthBrokerModule,
  transports: natsTransports,
  defaultPort: 3_002,
});
