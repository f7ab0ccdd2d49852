import { natsTransports } from '@trunkline/messaging';
import { nestService } from '@trunkline/service';
import { settings } from './config.js';
import { TokenRefresherModule } from './token-refresher.module.js';

/** Keeps credentials: stores, hands out, refreshes, revokes. */
export const tokenRefresher = nestService({
  name: 'token-refresher',
  settings,
  module: (context) => TokenRefresherModule.from(context),
  transports: natsTransports,
  defaultPort: 3003,
});
