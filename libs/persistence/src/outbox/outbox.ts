import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId, type DataOf, type EventContract, type JobContract } from '@trunkline/contracts';
import { schemaOf } from '../sql.js';

/** Where the facts of a transaction are written, in that same transaction. The relay tells them after the commit. */
@Injectable()
export class Outbox {
  #nudge: () => void = () => undefined;

  /** The relay asks to be woken when something was added. */
  onAdded(nudge: () => void): void {
    this.#nudge = nudge;
  }

  /** @throws if `data` does not fit the contract: then nothing of the transaction happens */
  async addEvent<Contract extends EventContract>(tx: EntityManager, contract: Contract, data: DataOf<Contract>, about?: string): Promise<void> {
    await this.#add(tx, contract.subject, contract.subject.replace(/^evt\./, 'trunkline.'), contract.data.parse(data) as object, about);
  }

  /** A nudge for a worker; `key` is the last token of the subject. */
  async addJob<Contract extends JobContract>(tx: EntityManager, contract: Contract, key: string, data: DataOf<Contract>): Promise<void> {
    await this.#add(tx, `${contract.subject}.${key}`, contract.subject.replace(/^job\./, 'trunkline.job.'), contract.data.parse(data) as object);
  }

  async #add(tx: EntityManager, subject: string, type: string, data: object, about?: string): Promise<void> {
    await tx.query(`INSERT INTO "${schemaOf(tx)}".outbox (id, subject, type, about, data) VALUES ($1, $2, $3, $4, $5)`, [
      newId('event'),
      subject,
      type,
      about ?? null,
      JSON.stringify(data),
    ]);
    // The row is not committed yet; the relay looks a moment later and, at the latest, at its next round.
    setTimeout(() => this.#nudge(), 2).unref();
  }
}
