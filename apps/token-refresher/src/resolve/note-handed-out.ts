import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '@trunkline/contracts';
import { Outbox, tellAudit } from '@trunkline/persistence';
import { every, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';
import type { Credential } from '../credential/credential.js';
import { connectionOf, tokenNameOf } from '../credential/token-id.js';

const hourMs = 3_600_000;
/** Of one process: what was noted this hour. More pairs than this and the oldest ask the database again, which knows them. */
const mostKnown = 50_000;

const note = `
  INSERT INTO tokens.handed_out (principal_id, connection_id, hour) VALUES ($1, $2, date_trunc('hour', clock_timestamp()))
  ON CONFLICT DO NOTHING RETURNING hour`;

/**
 * Who was given which credential, in the audit log: one entry for each principal, token of a connection and hour, whichever replica answers. The
 * first answer of the hour waits for the entry to be committed; the others cost a look into memory.
 */
@Injectable()
export class NoteHandedOut implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #known = new Map<string, Promise<void>>();
  #hour = 0;
  #loop: Loop | undefined;

  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
  ) {}

  note(who: Principal, credential: Credential): Promise<void> {
    const hour = Math.floor(Date.now() / hourMs);
    if (hour !== this.#hour) this.#known.clear();
    this.#hour = hour;
    const key = `${who.id}\0${credential.connectionId}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const noted = this.#write(who, credential);
    if (this.#known.size >= mostKnown) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, noted);
    noted.catch(() => this.#known.delete(key));
    return noted;
  }

  #write(who: Principal, { connectionId, platformId, projectId, connector, type }: Credential): Promise<void> {
    const tokenName = tokenNameOf(connectionId);
    return this.database.transaction(async (tx) => {
      const first = (await tx.query(note, [who.id, connectionId])) as unknown[];
      if (first.length === 0) return;
      await tellAudit(this.outbox, tx, {
        who,
        tenant: { platformId, projectId: who.projectId ?? projectId },
        action: 'credential.handed_out',
        target: { type: 'app_connection', id: connectionOf(connectionId) },
        details: { connector, type, ...(tokenName === null ? {} : { tokenName }) },
      });
    });
  }

  onApplicationBootstrap(): void {
    this.#loop = every(hourMs, 'forgetting what was handed out', this.context.logger, async () => {
      await this.database.query(`DELETE FROM tokens.handed_out WHERE hour < now() - interval '1 day'`);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
