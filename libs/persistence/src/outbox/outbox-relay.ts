import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Publisher } from '@trunkline/messaging';
import { every, gauge, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';
import { schemaOf } from '../sql.js';
import { Outbox } from './outbox.js';

const batchSize = 200;
const intervalMs = 500;

interface Waiting {
  id: string;
  subject: string;
  type: string;
  about: string | null;
  data: object;
  created_at: Date;
}

/**
 * Tells what the outbox holds. Rows are claimed by row lock, never by a remembered position: a transaction that commits late would
 * otherwise land behind it and be lost. Published, acknowledged, then deleted; if we die in between the row is published again under
 * the same id and the server (or the consumer's inbox) drops the second.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #database: DataSource;
  readonly #publisher: Publisher;
  readonly #outbox: Outbox;
  readonly #context: ServiceContext;
  readonly #waiting = gauge('trunkline_outbox_oldest_seconds', 'Age of the oldest fact not told yet; 0 if none.', ['service']);
  #loop: Loop | undefined;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Publisher) publisher: Publisher, @Inject(Outbox) outbox: Outbox, @Inject(SERVICE_CONTEXT) context: ServiceContext) {
    this.#database = database;
    this.#publisher = publisher;
    this.#outbox = outbox;
    this.#context = context;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(intervalMs, 'outbox relay', this.#context.logger, () => this.#round());
    this.#outbox.onAdded(() => this.#loop?.nudge());
  }

  async #round(): Promise<void | 'again'> {
    const schema = schemaOf(this.#database);
    const told = await this.#database.transaction(async (tx) => {
      const rows: Waiting[] = await tx.query(
        `SELECT id, subject, type, about, data, created_at FROM "${schema}".outbox ORDER BY place LIMIT ${batchSize} FOR UPDATE SKIP LOCKED`,
      );
      this.#waiting.set({ service: this.#context.name }, rows[0] === undefined ? 0 : (Date.now() - rows[0].created_at.getTime()) / 1_000);
      if (rows.length === 0) return 0;
      // Those that were stored are deleted even if a later one was refused; that one stays and is told at the next round.
      const outcomes = await Promise.allSettled(rows.map((row) => this.#publish(row)));
      const published = rows.filter((_, index) => outcomes[index]?.status === 'fulfilled').map(({ id }) => id);
      if (published.length > 0) await tx.query(`DELETE FROM "${schema}".outbox WHERE id = ANY($1)`, [published]);
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) this.#context.logger.warn({ error: failed.reason as unknown, left: rows.length - published.length }, 'some facts could not be told yet');
      return failed === undefined ? rows.length : 0;
    });
    if (told === batchSize) return 'again';
  }

  #publish(row: Waiting): Promise<unknown> {
    return this.#publisher.publish({
      id: row.id,
      subject: row.subject,
      type: row.type,
      source: this.#context.name,
      time: row.created_at.toISOString(),
      about: row.about ?? undefined,
      data: row.data,
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
