import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { every, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';
import { schemaOf } from '../sql.js';

/** Longer than any stream keeps its messages, so a redelivery always meets its row. */
const keepDays = 30;
const cleanEveryMs = 3_600_000;

/** Lets an event have its effect once, however often it is delivered. */
@Injectable()
export class Inbox implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #database: DataSource;
  readonly #context: ServiceContext;
  #loop: Loop | undefined;

  constructor(@Inject(DataSource) database: DataSource, @Inject(SERVICE_CONTEXT) context: ServiceContext) {
    this.#database = database;
    this.#context = context;
  }

  /**
   * Runs `effect` in one transaction with the note that it was run. A second delivery finds the note and does nothing; two at the
   * same moment wait for each other on the row.
   */
  async once(consumer: string, eventId: string, effect: (tx: EntityManager) => Promise<void>): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const rows: unknown[] = await tx.query(
        `INSERT INTO "${schemaOf(tx)}".inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1`,
        [consumer, eventId],
      );
      if (rows.length > 0) await effect(tx);
    });
  }

  onApplicationBootstrap(): void {
    this.#loop = every(cleanEveryMs, 'inbox cleaning', this.#context.logger, async () => {
      await this.#database.query(`DELETE FROM "${schemaOf(this.#database)}".inbox WHERE received_at < now() - make_interval(days => $1)`, [keepDays]);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
