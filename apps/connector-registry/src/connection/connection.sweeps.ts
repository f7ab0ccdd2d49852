import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { every, type Loop } from '@trunkline/service';
import { RegistryParts } from '../registry-parts.js';
import { claimDeletions } from './connection-deletion.js';
import { deleteCredential } from './delete-credential.js';
import { removeForgottenAttempts } from './remove-forgotten-attempts.js';

const deletionsEveryMs = 2_000;
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
      every(attemptsEveryMs, 'forgotten attempts', logger, () => removeForgottenAttempts(this.#parts)),
    ];
  }

  async #deleteCredentials(): Promise<void | 'again'> {
    const due = await claimDeletions(this.#parts.database, batch);
    const done = await Promise.all(due.map((deletion) => deleteCredential(this.#parts, deletion)));
    if (due.length === batch && done.every(Boolean)) return 'again';
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }
}
