import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { RevokeOutcome } from '@trunkline/connector-kit';
import { counter, every, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { RevokeAtProvider } from './revoke-at-provider.js';
import { RevocationQueue, type Revocation, type RevocationOutcome } from './revocation-queue.js';

const batchSize = 8;
const pauseSeconds = { first: 30, longest: 3_600 };

/** Works the queue of tokens to revoke, with growing pauses, until the provider has answered or enough has been tried. */
@Injectable()
export class RevocationSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #outcomes = counter('trunkline_credential_revocations_total', 'Revocations at providers by connector and outcome.', ['connector', 'outcome']);
  #loop: Loop | undefined;

  constructor(
    @Inject(RevocationQueue) private readonly queue: RevocationQueue,
    @Inject(RevokeAtProvider) private readonly provider: RevokeAtProvider,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  onApplicationBootstrap(): void {
    this.#loop = every(this.context.config.revocationIntervalMs, 'revocation sweep', this.context.logger, () => this.#round());
    this.queue.onAdded(() => this.#loop?.nudge());
  }

  async #round(): Promise<void | 'again'> {
    const claimed = await this.queue.claim(batchSize);
    await Promise.all(claimed.map((revocation) => this.#work(revocation)));
    if (claimed.length === batchSize) return 'again';
  }

  async #work(revocation: Revocation): Promise<void> {
    try {
      await this.#settle(revocation, await this.provider.revoke(revocation));
    } catch (error) {
      // The claim runs out and it is tried again; only what cannot be opened for good is given up, after as many tries as anything else.
      this.context.logger.error({ error, connectionId: revocation.connectionId }, 'a revocation ended with an error of our own');
      if (revocation.attempts >= this.context.config.revocationMaxAttempts) await this.#finish(revocation, 'failed').catch(() => undefined);
    }
  }

  async #finish(revocation: Revocation, outcome: RevocationOutcome): Promise<void> {
    await this.queue.finish(revocation, outcome);
    this.#outcomes.inc({ connector: revocation.connector, outcome });
  }

  async #settle(revocation: Revocation, outcome: RevokeOutcome): Promise<void> {
    const { connectionId, connector, attempts } = revocation;
    if (outcome.kind === 'failed' && outcome.retryable && attempts < this.context.config.revocationMaxAttempts) {
      this.context.logger.warn({ connectionId, connector, attempts, what: outcome.message }, 'a token could not be revoked yet');
      await this.queue.postpone(revocation, (outcome.retryAfterMs ?? pauseAfter(attempts) * 1_000) / 1_000, 'failed');
      return;
    }
    if (outcome.kind === 'failed') {
      this.context.logger.error({ connectionId, connector, attempts, what: outcome.message }, 'a token could not be revoked; end it at the provider by hand');
    }
    await this.#finish(revocation, outcome.kind);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}

const pauseAfter = (attempts: number): number => Math.min(pauseSeconds.longest, pauseSeconds.first * 2 ** (attempts - 1)) * (0.75 + Math.random() * 0.25);
