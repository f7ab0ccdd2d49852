import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { every, type Loop } from '@trunkline/service';
import { RegistryParts } from '../registry-parts.js';
import { claimDueVerification } from './claim-verifications.js';
import { adoptConnections, computeDue } from './compute-due.js';
import { verifyCredential, type ToVerify } from './verify-credential.js';

const lookEveryMs = 500;
const adoptEveryMs = 3_000;
/** A verification that is still under way when the service stops is left to itself: who asks next finds out. */
const lastWaitMs = 3_000;

/** Computes the status of every connection once a minute, and has those verified of which too little is known. */
@Injectable()
export class HealthSweeps implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: RegistryParts;
  readonly #verifying = new Map<string, { connector: string; over: Promise<void> }>();
  #loops: Loop[] = [];

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  onApplicationBootstrap(): void {
    const { logger } = this.#parts.context;
    this.#loops = [
      every(adoptEveryMs, 'connections without health', logger, () => adoptConnections(this.#parts)),
      every(lookEveryMs, 'health of connections', logger, () => computeDue(this.#parts)),
      every(lookEveryMs, 'verifications', logger, () => this.#verifyDue()),
    ];
  }

  async #verifyDue(): Promise<void> {
    const most = this.#parts.context.config.healthVerifications;
    while (this.#verifying.size < most) {
      const taken = await claimDueVerification(this.#parts.database, this.#busyConnectors(Math.ceil(most / 2)));
      if (taken === undefined) return;
      this.#verifying.set(taken.id, { connector: taken.connector, over: this.#verify(taken) });
    }
  }

  #busyConnectors(most: number): string[] {
    const connectors = [...this.#verifying.values()].map(({ connector }) => connector);
    return [...new Set(connectors)].filter((connector) => connectors.filter((other) => other === connector).length >= most);
  }

  async #verify(taken: ToVerify): Promise<void> {
    try {
      await verifyCredential(this.#parts, taken);
    } catch (error) {
      this.#parts.context.logger.warn({ error, connectionId: taken.id }, 'a connection could not be verified just now');
    } finally {
      this.#verifying.delete(taken.id);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    const under = [...this.#verifying.values()].map(({ over }) => over);
    if (under.length > 0) await Promise.race([Promise.all(under), pause(lastWaitMs, undefined, { ref: false })]);
  }
}
