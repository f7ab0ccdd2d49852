import type { DataOf, EventContract } from '@trunkline/contracts';
import type { Logger } from '@trunkline/service';
import type { NatsConnection } from './connection.js';

const decoder = new TextDecoder();

/**
 * Hears events as they are told, in every replica by itself: for what a replica holds in memory. What is told while it is away it never
 * hears, so whoever listens must find out by other means too, if later.
 */
export class EventListener {
  readonly #nats: NatsConnection;
  readonly #logger: Logger;

  constructor(nats: NatsConnection, logger: Logger) {
    this.#nats = nats;
    this.#logger = logger;
  }

  /** Until the connection closes. Resolves when the server knows of it. */
  async listen<Contract extends EventContract>(contract: Contract, heard: (data: DataOf<Contract>) => void): Promise<void> {
    if (contract.everyReplica !== true) throw new Error(`${contract.subject} is not told to every replica`);
    this.#nats.subscribe(contract.subject, {
      callback: (error, message) => {
        if (error !== null) return this.#logger.error({ error, subject: contract.subject }, 'subscription failed');
        try {
          heard(contract.data.parse(JSON.parse(decoder.decode(message.data))) as DataOf<Contract>);
        } catch (failure) {
          this.#logger.warn({ error: failure, subject: contract.subject }, 'an event could not be heard');
        }
      },
    });
    await this.#nats.flush();
  }
}
