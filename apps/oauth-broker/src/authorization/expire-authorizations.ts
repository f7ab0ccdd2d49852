import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { every, type Loop } from '@trunkline/service';
import { BrokerParts } from '../broker-parts.js';
import { sweepOrphans } from '../oauth-app/connection-app.js';
import { abandon } from './abandon.js';
import { takeExpired } from './authorization-row.js';

const intervalMs = 60_000;
const batch = 100;

/** Ends walks whose ten minutes are over, so that no connection stays pending for one. Removal and news are one transaction. */
@Injectable()
export class ExpireAuthorizations implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: BrokerParts;
  #loop: Loop | undefined;

  constructor(@Inject(BrokerParts) parts: BrokerParts) {
    this.#parts = parts;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(intervalMs, 'expired authorizations', this.#parts.context.logger, () => this.#round());
  }

  async #round(): Promise<void | 'again'> {
    const ended = await this.#parts.database.transaction(async (tx) => {
      const expired = await takeExpired(tx, batch);
      for (const walk of expired) await abandon(this.#parts, tx, walk, 'expired');
      // Only now may an app whose connection is gone go too: no walk holds it any more.
      if (expired.length < batch) await sweepOrphans(tx);
      return expired.length;
    });
    if (ended === batch) return 'again';
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
