import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { every, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { RefreshCredential } from './refresh-credential.js';
import { RefreshLease } from './refresh-lease.js';

/**
 * Renews what falls due before anybody asks: tokens near their end, refresh tokens not used for a day, and tokens that died without a
 * way to renew them. Every replica takes its share; what is taken is leased, so that one that dies loses nothing but time.
 */
@Injectable()
export class RefreshSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #running = new Set<Promise<void>>();
  #loop: Loop | undefined;
  #stopping = false;

  constructor(
    @Inject(RefreshLease) private readonly lease: RefreshLease,
    @Inject(RefreshCredential) private readonly refresh: RefreshCredential,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  onApplicationBootstrap(): void {
    this.#loop = every(this.context.config.sweepIntervalMs, 'refresh sweep', this.context.logger, () => this.#round());
  }

  /** Takes only as many as can be begun at once: a lease must not run out while its turn has not come. */
  async #round(): Promise<void> {
    const { sweepConcurrency, sweepBatchSize, refreshLeaseSeconds } = this.context.config;
    while (!this.#stopping) {
      const free = sweepConcurrency - this.#running.size;
      if (free <= 0) {
        await Promise.race(this.#running);
        continue;
      }
      const wanted = Math.min(free, sweepBatchSize);
      const taken = await this.lease.takeDue(wanted, refreshLeaseSeconds);
      for (const lease of taken) {
        const work = this.refresh.renewLeased(lease);
        this.#running.add(work);
        void work.finally(() => this.#running.delete(work));
      }
      if (taken.length < wanted) return;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await this.#loop?.stop();
    await Promise.allSettled(this.#running);
  }
}
