import { natsTransports } from '@trunkline/messaging';
import { nestService } from '@trunkline/service';
import { settings } from './config.js';
import { ReplaySpool } from './spool/replay-spool.js';
import { TokenRefresherModule } from './token-refresher.module.js';

/** Keeps credentials: stores, hands out, refreshes, revokes. */
export const tokenRefresher = nestService({
  name: 'token-refresher',
  settings,
  module: (context) => TokenRefresherModule.from(context),
  // Before anybody asks for a token: a refresh would send the refresh token whose successor lies on disk.
  prepare: async (app) => {
    await app.get(ReplaySpool).replay();
  },
  transports: natsTransports,
  defaultPort: 3003,
});
