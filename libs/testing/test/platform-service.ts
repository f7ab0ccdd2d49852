import { Controller, Inject, Injectable, Module } from '@nestjs/common';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { z } from 'zod';
import { defineEvent, defineRpc, newId, secret, Secret } from '@trunkline/contracts';
import { Consume, MessagingModule, natsTransports, Rpc, type Delivery } from '@trunkline/messaging';
import { DatabaseModule, Inbox, Outbox, OutboxAndInbox1760000000000 } from '@trunkline/persistence';
import { AppError, databaseSettings, nestService } from '@trunkline/service';

/** A small service on the platform libraries: what every real one does, and nothing else. */
export const notes = {
  add: defineRpc('rpc.notes.add', {
    server: 'connector-registry',
    callers: ['gateway'],
    request: z.object({ text: z.string().min(1), fail: z.enum(['no', 'app', 'crash', 'rollback', 'outage']).default('no') }),
    reply: z.object({ id: z.string(), echo: secret() }),
    errors: ['CONFLICT'],
    deadlineMs: 3_000,
  }),
};
export const noteAdded = defineEvent('evt.note.added.v1', {
  producers: ['connector-registry'],
  consumers: ['connector-registry'],
  data: z.object({ noteId: z.string(), text: z.string() }),
});

class Notes1760000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE notes.note (id text PRIMARY KEY, text text NOT NULL)');
    await runner.query('CREATE TABLE notes.heard (note_id text NOT NULL, attempt int NOT NULL)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notes.note, notes.heard');
  }
}

/** Every delivery the consumer saw, by note. */
export const deliveries = new Map<string, number[]>();

@Injectable()
@Controller()
class NoteHandler {
  readonly #database: DataSource;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Outbox) outbox: Outbox, @Inject(Inbox) inbox: Inbox) {
    this.#database = database;
    this.#outbox = outbox;
    this.#inbox = inbox;
  }

  @Rpc(notes.add)
  async add({ text, fail }: { text: string; fail: string }): Promise<{ id: string; echo: Secret }> {
    if (fail === 'app') throw new AppError('CONFLICT', 'that note exists', { params: { note: text } });
    if (fail === 'crash') throw new Error('the inner text of a crash');
    if (fail === 'outage') await this.#database.query('SELECT pg_terminate_backend(pg_backend_pid())');
    const id = newId('event');
    await this.#database.transaction(async (tx) => {
      await tx.query('INSERT INTO notes.note VALUES ($1, $2)', [id, text]);
      await this.#outbox.addEvent(tx, noteAdded, { noteId: id, text });
      if (fail === 'rollback') throw new AppError('CONFLICT', 'rolled back');
    });
    return { id, echo: new Secret(text) };
  }

  @Consume(noteAdded, { maxDeliveries: 2 })
  async heard(delivery: Delivery<{ noteId: string; text: string }>): Promise<void> {
    deliveries.set(delivery.data.noteId, [...(deliveries.get(delivery.data.noteId) ?? []), delivery.attempt]);
    if (delivery.data.text === 'poison') throw new Error('cannot digest this');
    await this.#inbox.once('heard', delivery.id, async (tx) => {
      await tx.query('INSERT INTO notes.heard VALUES ($1, $2)', [delivery.data.noteId, delivery.attempt]);
    });
    // The effect is committed; failing once now makes the server deliver again.
    if (delivery.data.text === 'twice' && delivery.attempt === 1) throw new Error('once more, please');
  }
}

@Module({})
class NotesModule {}

export const notesService = nestService({
  name: 'connector-registry',
  settings: databaseSettings,
  defaultPort: 0,
  transports: natsTransports,
  module: () => ({
    module: NotesModule,
    imports: [MessagingModule.forRoot(), DatabaseModule.forRoot({ schema: 'notes', entities: [], migrations: [OutboxAndInbox1760000000000, Notes1760000001000] })],
    controllers: [NoteHandler],
  }),
});
