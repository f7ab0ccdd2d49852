import { setTimeout as pause } from 'node:timers/promises';
import { ReadTogether } from './read-together.js';

/** A read whose statements end when the test says so. */
class HeldReads {
  readonly statements: { questions: readonly string[]; end: () => void }[] = [];
  readonly together: ReadTogether<string, string>;

  /** @param patienceMs so long that no machine is too slow for it, unless the test is about it */
  constructor(patienceMs = 60_000) {
    const read = (questions: readonly string[]) => new Promise<string[]>((resolve) => this.statements.push({ questions, end: () => resolve(questions.map((question) => `row of ${question}`)) }));
    this.together = new ReadTogether(read, patienceMs);
  }

  get asked(): (readonly string[])[] {
    return this.statements.map(({ questions }) => questions);
  }
}
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('lookups by one statement', () => {
  it('sends a lone one at once, and what came meanwhile together', async () => {
    const reads = new HeldReads();
    const first = reads.together.ask('a');
    await turn();
    const rest = ['b', 'c', 'd'].map((question) => reads.together.ask(question));
    await turn();
    expect(reads.asked).toEqual([['a']]);
    reads.statements[0]!.end();
    expect(await first).toBe('row of a');
    await turn();
    expect(reads.asked).toEqual([['a'], ['b', 'c', 'd']]);
    reads.statements[1]!.end();
    expect(await Promise.all(rest)).toEqual(['row of b', 'row of c', 'row of d']);
  });

  it('never answers from a statement that began before the question', async () => {
    let clock = 0;
    const together = new ReadTogether<number, number>(async (questions) => {
      const began = (clock += 1);
      await pause(Math.random() * 3);
      return questions.map(() => began);
    });
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        await pause(Math.random() * 40);
        const asked = (clock += 1);
        expect(await together.ask(asked)).toBeGreaterThan(asked);
      }),
    );
  });

  it('fails the one that is at fault and none of its neighbours', async () => {
    const together = new ReadTogether<string, string>(async (questions) => {
      if (questions.includes('bad')) throw new Error('invalid byte sequence');
      return questions.map((question) => `row of ${question}`);
    });
    const [one, bad, two] = await Promise.allSettled(['one', 'bad', 'two'].map((question) => together.ask(question)));
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'invalid byte sequence' } });
    expect([one, two]).toEqual([{ status: 'fulfilled', value: 'row of one' }, { status: 'fulfilled', value: 'row of two' }]);
  });

  it('asks a database that is away once, not once for each', async () => {
    let asked = 0;
    const together = new ReadTogether<string, string>(async () => {
      asked += 1;
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    });
    const answers = await Promise.allSettled(['one', 'two', 'three'].map((question) => together.ask(question)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(asked).toBe(1);
  });

  it('does not wait for a statement that hangs, and does not take every connection', async () => {
    const reads = new HeldReads(20);
    void reads.together.ask('hangs');
    await turn();
    const next = reads.together.ask('next');
    await pause(60);
    expect(reads.asked).toEqual([['hangs'], ['next']]);
    reads.statements[1]!.end();
    expect(await next).toBe('row of next');
    const many = Array.from({ length: 1_000 }, (_, index) => reads.together.ask(String(index)));
    await pause(60);
    expect(reads.asked.map(({ length }) => length)).toEqual([1, 1, 128, 128, 128]);
    for (let at = 1; at < 10; at += 1) {
      reads.statements[at]?.end();
      await turn();
      await turn();
    }
    expect(await Promise.all(many)).toHaveLength(1_000);
  });
});
