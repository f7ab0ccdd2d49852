import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { every, type Loop } from '@trunkline/service';
import { RegistryParts } from '../registry-parts.js';
import { demandReconnect, forgetDeleted } from './demand-reconnect.js';

const lookEveryMs = 1_000;
const forgetEveryMs = 3_600_000;

@Injectable()
export class ConnectorDefinitionSweeps implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: RegistryParts;
  #loops: Loop[] = [];

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  onApplicationBootstrap(): void {
    const { logger } = this.#parts.context;
    this.#loops = [
      every(lookEveryMs, 'connectors that lead elsewhere', logger, async () => ((await demandReconnect(this.#parts)) ? 'again' : undefined)),
      every(forgetEveryMs, 'connectors that were deleted', logger, () => forgetDeleted(this.#parts)),
    ];
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }
}
