import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { every, type Loop } from '@trunkline/service';
import { RegistryParts } from '../registry-parts.js';
import { claimDeletions } from './delete/connection-deletion.js';
import { deleteCredential } from './delete/delete-credential.js';
import { removeForgottenAttempts } from './attempt/remove-forgotten-attempts.js';
import { carryOutReplacement } from './replace/carry-out-replacement.js';
import { claimReplacements } from './replace/replacement.js';

const deletionsEveryMs = 2_000;
const replacementsEveryMs = 2_000;
const attemptsEveryMs = 60_000;
const batch = 20;

/** What must happen in the end, whoever died or was away when it should have happened. */
@Injectable()
export class ConnectionSweeps implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: RegistryParts;
  #loops: Loop[] = [];

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  onApplicationBootstrap(): void {
    const { logger } = this.#parts.context;
    this.#loops = [
      every(deletionsEveryMs, 'credentials of deleted connections', logger, () => this.#deleteCredentials()),
      every(replacementsEveryMs, 'connections that take the place of others', logger, () => this.#replace()),
      every(attemptsEveryMs, 'forgotten attempts', logger, () => removeForgottenAttempts(this.#parts)),
    ];
  }

  async #deleteCredentials(): Promise<void | 'again'> {
    const due = await claimDeletions(this.#parts.database, batch);
    const done = await Promise.all(due.map((deletion) => deleteCredential(this.#parts, deletion)));
    if (due.length === batch && done.every(Boolean)) return 'again';
  }

  async #replace(): Promise<void | 'again'> {
    const due = await claimReplacements(this.#parts.database, batch);
    const done = await Promise.allSettled(due.map((replacement) => carryOutReplacement(this.#parts, replacement)));
    for (const outcome of done) {
      if (outcome.status === 'rejected') this.#parts.context.logger.warn({ error: outcome.reason as unknown }, 'a connection could not take the place of another yet; it is tried again');
    }
    if (due.length === batch && done.every(({ status }) => status === 'fulfilled')) return 'again';
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }
}
