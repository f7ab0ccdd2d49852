import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import { SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { standsInTheWay, type Credential } from '../credential/credential.js';
import { CredentialSeal } from '../credential/credential-seal.js';
import { FindCredential } from '../credential/find-credential.js';
import { AttemptRefresh, type AttemptOutcome } from './attempt-refresh.js';
import { isMet, type Demand } from './demand.js';
import { RefreshLease, type LeasedCredential } from './refresh-lease.js';

/** How things stand after a wish for a newer token was seen to. */
export interface Renewal {
  /** As it is now; undefined: deleted meanwhile. */
  readonly credential: Credential | undefined;
  /** What this process did about it; null: somebody else had it in hand, or nothing could be done. */
  readonly attempt: AttemptOutcome | null;
  /** The caller's patience ended before the refresh did, which goes on. */
  readonly late: boolean;
}

interface Flight {
  readonly landed: Promise<Renewal>;
  /** Somebody else waits for it too. */
  joined?: boolean;
  /** Of the lease a sweep took for it. */
  readonly fence?: string;
}

const firstLookMs = 20;
const longestLookMs = 250;
/** A caller that joined refreshes for another reason than its own asks again; this often at most. */
const mostFlights = 4;

/**
 * The one way to a newer token, for resolve, lease, sweep and people. In this process one refresh per connection is under way at a time
 * and everybody waits for it; among processes the lease decides, and whoever does not get it looks at the row until it has changed.
 */
@Injectable()
export class RefreshCredential implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #flights = new Map<string, Flight>();
  /** Attempts that hold a lease. They are never given up: a stopping process waits for them. */
  readonly #holding = new Set<Promise<unknown>>();
  #stopping = false;

  constructor(
    @Inject(AttemptRefresh) private readonly attempt: AttemptRefresh,
    @Inject(RefreshLease) private readonly lease: RefreshLease,
    @Inject(FindCredential) private readonly find: FindCredential,
    @Inject(CredentialSeal) private readonly seal: CredentialSeal,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  /**
   * Sees to the demand and answers how things stand then.
   * @param deadline `performance.now()` until which the caller can wait
   * @throws for trouble of our own (database, sealing)
   */
  async renew(connectionId: string, demand: Demand, deadline: number): Promise<Renewal> {
    for (let flown = 1; ; flown += 1) {
      const joined = this.#flights.get(connectionId);
      if (joined !== undefined) joined.joined = true;
      const flight = joined ?? this.#depart(connectionId, () => this.#fly(connectionId, demand, true));
      const renewal = await before(deadline, flight.landed);
      // Once more before giving up: it may have been stored this very moment.
      if (renewal === undefined) return { credential: await this.find.anywhere(connectionId), attempt: null, late: true };
      // Overtaken: somebody else has it in hand, and is waited for like anybody else.
      const answered = joined === undefined && renewal.attempt !== 'overtaken';
      if (answered || flown >= mostFlights || (await this.#isSettled(renewal, demand))) return renewal;
    }
  }

  /** Nobody waits for it. */
  renewBehind(connectionId: string): void {
    if (this.#stopping || this.#flights.has(connectionId)) return;
    const flight = this.#depart(connectionId, () => this.#fly(connectionId, { kind: 'due' }, false));
    void flight.landed.catch((error: unknown) => this.#complain(connectionId, error));
  }

  /** For the sweeps, which take leases by the batch. Never rejects. */
  async renewLeased(lease: LeasedCredential, demand: Demand = { kind: 'due' }): Promise<void> {
    const body = () => this.#hold(lease, demand, () => this.#isAwaited(lease));
    const flight = this.#flights.has(lease.connectionId) ? { landed: body() } : this.#depart(lease.connectionId, body, lease.fence);
    await flight.landed.catch((error: unknown) => this.#complain(lease.connectionId, error));
  }

  /** How things stand after a sweep's refresh is read only for those who joined it; from this moment on nobody can. */
  #isAwaited({ connectionId, fence }: LeasedCredential): boolean {
    const flight = this.#flights.get(connectionId);
    if (flight?.joined === true) return true;
    if (flight?.fence === fence) this.#flights.delete(connectionId);
    return false;
  }

  #depart(connectionId: string, body: () => Promise<Renewal>, fence?: string): Flight {
    const flight: Flight = { landed: body(), ...(fence === undefined ? {} : { fence }) };
    this.#flights.set(connectionId, flight);
    const gone = () => {
      if (this.#flights.get(connectionId) === flight) this.#flights.delete(connectionId);
    };
    flight.landed.then(gone, gone);
    return flight;
  }

  async #fly(connectionId: string, demand: Demand, waits: boolean): Promise<Renewal> {
    // Longer than any lease is renewed: by then it was ours or the row has changed.
    const until = performance.now() + this.context.config.refreshAnswerMs + 2_000 * this.context.config.refreshLeaseSeconds;
    for (let lookMs = firstLookMs; ; lookMs = Math.min(longestLookMs, lookMs * 2)) {
      const lease = await this.lease.take(connectionId, this.context.config.refreshLeaseSeconds);
      if (lease !== undefined) return this.#hold(lease, demand);
      const credential = await this.find.anywhere(connectionId);
      const renewal: Renewal = { credential, attempt: null, late: false };
      if (!waits || (await this.#isSettled(renewal, demand))) return renewal;
      if (this.#stopping || performance.now() > until) return { ...renewal, late: true };
      await pause(lookMs);
    }
  }

  /** True if waiting longer or trying again would not help this demand. */
  async #isSettled({ credential, late }: Renewal, demand: Demand): Promise<boolean> {
    if (credential === undefined || late || standsInTheWay(credential) !== null || !credential.refreshable) return true;
    return isMet(demand, credential, () => this.seal.accessTokenDigest(credential));
  }

  #hold(lease: LeasedCredential, demand: Demand, isAwaited: () => boolean = () => true): Promise<Renewal> {
    const work = (async () => {
      const attempt = await this.attempt.run(lease, demand);
      return { credential: isAwaited() ? await this.find.anywhere(lease.connectionId) : undefined, attempt, late: false };
    })();
    this.#holding.add(work);
    const done = () => this.#holding.delete(work);
    work.then(done, done);
    return work;
  }

  #complain(connectionId: string, error: unknown): void {
    this.context.logger.error({ error, connectionId }, 'a refresh ended with an error of our own');
  }

  /** A refresh that was sent is finished and stored, however long the provider takes: aborted, it would cost the connection. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await this.#drain();
  }

  /** What was begun while the service was leaving the bus. */
  async onApplicationShutdown(): Promise<void> {
    await this.#drain();
  }

  async #drain(): Promise<void> {
    while (this.#holding.size > 0) await Promise.allSettled(this.#holding);
  }
}

async function before<Result>(deadline: number, work: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, deadline - performance.now()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
