import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { every, type Loop } from '@trunkline/service';
import { RegistryParts } from '../registry-parts.js';
import { chainEntries } from './chain-entries.js';

const intervalMs = 1_000;

/** Chains what was written since the last look. */
@Injectable()
export class AuditSweeps implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: RegistryParts;
  #loop: Loop | undefined;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(intervalMs, 'audit chain', this.#parts.context.logger, () => chainEntries(this.#parts.database));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
