import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId, type DataOf, type EventContract, type JobContract } from '@trunkline/contracts';
import { rowsIn, schemaOf } from '../sql.js';

/** A fact to be told, and what it is about. */
export interface Fact<Contract extends EventContract = EventContract> {
  readonly contract: Contract;
  readonly data: DataOf<Contract>;
  readonly about?: string;
}

/** Makes a {@link Fact} whose data is held against its contract. */
export const fact = <Contract extends EventContract>(contract: Contract, data: DataOf<Contract>, about?: string): Fact => ({
  contract,
  data: data as DataOf<EventContract>,
  ...(about === undefined ? {} : { about }),
});

interface Row {
  readonly subject: string;
  readonly type: string;
  readonly about?: string | undefined;
  readonly data: object;
}

/** Where the facts of a transaction are written, in that same transaction. The relay tells them after the commit. */
@Injectable()
export class Outbox {
  #nudge: () => void = () => undefined;
  #wakes: NodeJS.Timeout | undefined;

  /** The relay asks to be woken when something was added. */
  onAdded(nudge: () => void): void {
    this.#nudge = nudge;
  }

  /** @throws if `data` does not fit the contract: then nothing of the transaction happens */
  async addEvent<Contract extends EventContract>(tx: EntityManager, contract: Contract, data: DataOf<Contract>, about?: string): Promise<void> {
    await this.addEvents(tx, [fact(contract, data, about)]);
  }

  /** Many by one statement. @throws if one does not fit its contract: then nothing of the transaction happens */
  async addEvents(tx: EntityManager, facts: readonly Fact[]): Promise<void> {
    const rowOf = ({ contract, data, about }: Fact): Row => ({ subject: contract.subject, type: contract.subject.replace(/^evt\./, 'trunkline.'), about, data: contract.data.parse(data) as object });
    await this.#add(tx, facts.map(rowOf));
  }

  /** A nudge for a worker; `key` is the last token of the subject. */
  async addJob<Contract extends JobContract>(tx: EntityManager, contract: Contract, key: string, data: DataOf<Contract>): Promise<void> {
    await this.#add(tx, [{ subject: `${contract.subject}.${key}`, type: contract.subject.replace(/^job\./, 'trunkline.job.'), data: contract.data.parse(data) as object }]);
  }

  async #add(tx: EntityManager, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const schema = schemaOf(tx);
    await rowsIn(tx, { name: `outbox_add ${schema}`, text: `INSERT INTO "${schema}".outbox (id, subject, type, about, data) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[])` }, [
      rows.map(() => newId('event')),
      rows.map(({ subject }) => subject),
      rows.map(({ type }) => type),
      rows.map(({ about }) => about ?? null),
      rows.map(({ data }) => JSON.stringify(data)),
    ]);
    this.#wakeSoon();
  }

  /** The rows are not committed yet; the relay looks a moment later and, at the latest, at its next round. */
  #wakeSoon(): void {
    this.#wakes ??= setTimeout(() => {
      this.#wakes = undefined;
      this.#nudge();
    }, 2).unref();
  }
}
