import { isOutage } from '@trunkline/messaging';

interface Waiting<Question, Answer> {
  readonly question: Question;
  resolve(answer: Answer | undefined): void;
  reject(error: unknown): void;
}

/** More than so many do not go into one statement. */
const mostTogether = 128;
/** So many statements at once, at most: a share of the pool, so that work which is not a lookup finds a connection. */
const mostUnderWay = 4;
/** A statement that takes longer (a connection that hangs) holds up nobody but those who are in it. */
const usualPatienceMs = 20;

/**
 * Lookups that are wanted at the same time, by one statement: what arrives while one is under way goes into the next together. A lone
 * lookup goes at once. No statement begins before the lookups in it were wanted, so that each sees what was committed before it.
 */
export class ReadTogether<Question, Answer> {
  readonly #read: (questions: readonly Question[]) => Promise<readonly (Answer | undefined)[]>;
  #waiting: Waiting<Question, Answer>[] = [];
  #underWay = 0;
  #scheduled = false;
  #patience: NodeJS.Timeout | undefined;

  /** @param read answers each question at its place */
  constructor(
    read: (questions: readonly Question[]) => Promise<readonly (Answer | undefined)[]>,
    private readonly patienceMs = usualPatienceMs,
  ) {
    this.#read = read;
  }

  ask(question: Question): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      if (this.#underWay === 0 || this.#waiting.length >= mostTogether) this.#soon();
      else this.#patience ??= setTimeout(() => this.#depart(), this.patienceMs);
    });
  }

  /** At the end of this turn of the event loop: whatever came with the same packet of the bus is then known. */
  #soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#depart();
    });
  }

  #depart(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    while (this.#waiting.length > 0 && this.#underWay < mostUnderWay) void this.#carryOut(this.#waiting.splice(0, mostTogether));
  }

  async #carryOut(together: readonly Waiting<Question, Answer>[]): Promise<void> {
    this.#underWay += 1;
    try {
      const answers = await this.#read(together.map(({ question }) => question));
      together.forEach(({ resolve }, place) => resolve(answers[place]));
    } catch (error) {
      // Whose fault it was does not show. A database that is away is nobody's, and there is no use in asking it again for each.
      if (together.length === 1 || isOutage(error)) for (const { reject } of together) reject(error);
      else await Promise.all(together.map((one) => this.#alone(one)));
    } finally {
      this.#underWay -= 1;
      if (this.#waiting.length > 0) this.#soon();
    }
  }

  async #alone({ question, resolve, reject }: Waiting<Question, Answer>): Promise<void> {
    try {
      resolve((await this.#read([question]))[0]);
    } catch (error) {
      reject(error);
    }
  }
}
