import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { every, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { HostSlots } from './host-slots.js';
import { RefreshCredential } from './refresh-credential.js';
import { RefreshLease, type DueCredential, type HostShare } from './refresh-lease.js';
import { shareOut } from './share-out.js';
import { TokenHost } from './token-host.js';

/** Between two claims: what becomes free meanwhile is taken by one statement. */
const gatherMs = 5;
const afterFailureMs = 1_000;
/** Where credentials stand that were never looked at: no request goes there. */
const unplaced = '';

/**
 * Renews what falls due before anybody asks: tokens near their end, refresh tokens not used for a day, and tokens that died without a
 * way to renew them. Every replica takes its share; what is taken is leased, so that one that dies loses nothing but time.
 *
 * A round looks where something is due. Then every host is served as fast as it has room, until a claim brings less than was asked for:
 * what falls due there later is found by the next round.
 */
@Injectable()
export class RefreshSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #running = new Set<Promise<void>>();
  /** Hosts where something is left, the one served longest ago first. */
  readonly #due = new Set<string>();
  #loop: Loop | undefined;
  #claims: Loop | undefined;
  #gathers: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    @Inject(RefreshLease) private readonly lease: RefreshLease,
    @Inject(RefreshCredential) private readonly refresh: RefreshCredential,
    @Inject(HostSlots) private readonly slots: HostSlots,
    @Inject(TokenHost) private readonly hosts: TokenHost,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  onApplicationBootstrap(): void {
    const { config, logger } = this.context;
    this.#claims = every(afterFailureMs, 'refresh claims', logger, () => this.#claim());
    this.#loop = every(config.sweepIntervalMs, 'refresh sweep', logger, () => this.#look());
    this.slots.onRoom(() => this.#claimSoon());
  }

  async #look(): Promise<void> {
    for (const host of await this.lease.dueHosts()) this.#due.add(host);
    this.#claimSoon();
  }

  #claimSoon(): void {
    if (this.#due.size === 0 || this.#stopping) return;
    this.#gathers ??= setTimeout(() => {
      this.#gathers = undefined;
      this.#claims?.nudge();
    }, gatherMs);
  }

  /** Takes only as many as can be begun soon: a lease must not run out while its turn has not come. */
  async #claim(): Promise<void> {
    const { sweepConcurrency, sweepBatchSize, refreshLeaseSeconds } = this.context.config;
    if (this.#stopping || this.#due.size === 0) return;
    const free = sweepConcurrency - this.#running.size;
    const shares = shareOut([...this.#due].map((host) => ({ host, room: host === unplaced ? sweepBatchSize : this.slots.room(host), slow: this.slots.isSlow(host) })), { free, total: sweepConcurrency, most: sweepBatchSize });
    if (shares.length === 0) return;
    const taken = await this.lease.takeDue(shares, refreshLeaseSeconds);
    this.#noteServed(shares, taken);
    await this.hosts.ready(taken.map(({ lease }) => lease));
    const misplaced = taken.flatMap(({ host, lease }) => {
      const actual = this.hosts.of(lease);
      if (actual !== host) return [{ host: actual, lease }];
      this.#begin({ host, lease });
      return [];
    });
    if (misplaced.length > 0) await this.#place(misplaced);
    this.#claimSoon();
  }

  /** A host that gave less than was asked for has no more; the others go to the end of the line. */
  #noteServed(shares: readonly HostShare[], taken: readonly DueCredential[]): void {
    for (const { host, most } of shares) {
      this.#due.delete(host);
      if (taken.filter((due) => due.host === host).length === most) this.#due.add(host);
    }
  }

  async #place(placed: readonly DueCredential[]): Promise<void> {
    await this.lease.place(placed);
    for (const { host } of placed) this.#due.add(host);
  }

  #begin({ host, lease }: DueCredential): void {
    this.slots.expect(lease, host);
    const work = this.refresh.renewLeased(lease);
    this.#running.add(work);
    void work.finally(() => {
      this.#running.delete(work);
      this.slots.forget(lease);
      this.#claimSoon();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#gathers);
    await Promise.all([this.#loop?.stop(), this.#claims?.stop()]);
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
