import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { every, type Loop } from '@trunkline/service';
import { RegistryParts } from '../registry-parts.js';
import { removeOldLinks } from './remove-old-links.js';

const everyMs = 3_600_000;

@Injectable()
export class ConnectLinkSweeps implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: RegistryParts;
  #loop: Loop | undefined;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(everyMs, 'old connect links', this.#parts.context.logger, () => removeOldLinks(this.#parts));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
