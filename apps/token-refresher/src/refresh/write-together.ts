import { isOutage } from '@trunkline/messaging';

export interface Together<Item, Result> {
  /** Carries out many in one transaction; undefined for each that has to be looked at alone. Rejects if none was done. */
  readonly all: (items: readonly Item[]) => Promise<readonly (Result | undefined)[]>;
  readonly alone: (item: Item) => Promise<Result>;
  readonly most: number;
  /** Transactions at once. What comes while so many are under way is gathered for the next. */
  readonly lanes: number;
}

/** How long a write that goes alone may hold its lane. */
const laneMs = 250;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that are ready at the same moment, carried out as one. Nothing waits for company: a write that comes alone goes alone, and the
 * more come while the database is busy, the more go together. Each caller gets the outcome of its own write, after its commit; one that
 * cannot be carried out fails alone.
 */
export class WriteTogether<Item, Result> {
  readonly #how: Together<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #underWay = 0;
  #begins = false;

  constructor(how: Together<Item, Result>) {
    this.#how = how;
  }

  add(item: Item): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#begin();
    });
  }

  #begin(): void {
    if (this.#begins || this.#underWay >= this.#how.lanes || this.#waiting.length === 0) return;
    this.#begins = true;
    // What else this turn of the event loop brings goes along.
    setImmediate(() => {
      this.#begins = false;
      const batch = this.#waiting.splice(0, this.#how.most);
      this.#underWay += 1;
      void this.#write(batch).finally(() => {
        this.#underWay -= 1;
        this.#begin();
      });
      this.#begin();
    });
  }

  async #write(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    const [only] = batch;
    if (only === undefined) return;
    if (batch.length === 1) return this.#writeBriefly(only);
    let results: readonly (Result | undefined)[];
    try {
      results = await this.#how.all(batch.map(({ item }) => item));
    } catch (error) {
      // The database is away: halves would find it away too. Otherwise one of them is bad, and the others must not suffer for it.
      if (isOutage(error)) return batch.forEach(({ reject }) => reject(error));
      const half = Math.ceil(batch.length / 2);
      await Promise.all([this.#write(batch.slice(0, half)), this.#write(batch.slice(half))]);
      return;
    }
    batch.forEach((waiting, index) => {
      const result = results[index];
      if (result === undefined) void this.#writeAlone(waiting);
      else waiting.resolve(result);
    });
  }

  /** One that waits for somebody else's lock must not keep its lane from the others. */
  async #writeBriefly(waiting: Waiting<Item, Result>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const longEnough = new Promise<void>((resolve) => (timer = setTimeout(resolve, laneMs)));
    await Promise.race([this.#writeAlone(waiting), longEnough]);
    clearTimeout(timer);
  }

  #writeAlone({ item, resolve, reject }: Waiting<Item, Result>): Promise<void> {
    return this.#how.alone(item).then(resolve, reject);
  }
}
