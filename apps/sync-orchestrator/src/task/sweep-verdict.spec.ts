import { judgeSweep, type Swept } from './sweep-verdict.js';

const swept = (more: Partial<Swept>): Swept => ({ pass: 5, known: 100, missing: 0, missingTwice: 0, unclean: false, withheldPass: null, maySkip: false, ...more });
const nothing = { before: null, withheldPass: null, withheld: 0 };

describe('what a complete pass deletes', () => {
  it.each<[string, Partial<Swept>, ReturnType<typeof judgeSweep>]>([
    ['nothing where nothing is missing, and a withheld pass is forgotten', { withheldPass: 4 }, nothing],
    ['what is missing, down to the ratio', { missing: 50 }, { ...nothing, before: 5 }],
    ['nothing below it', { missing: 51 }, { before: null, withheldPass: 5, withheld: 51 }],
    ['nothing where nothing came', { known: 1, missing: 1 }, { before: null, withheldPass: 5, withheld: 1 }],
    ['nothing of a pass that was not clean, and what was withheld stays so', { missing: 10, unclean: true, withheldPass: 4 }, { ...nothing, withheldPass: 4 }],
    ['what is missing a second time', { missing: 90, missingTwice: 90, withheldPass: 4 }, { ...nothing, before: 4 }],
    ['only that, and the rest is withheld', { missing: 90, missingTwice: 60, withheldPass: 4 }, { before: 4, withheldPass: 5, withheld: 30 }],
    ['nothing twice over when the same pass is judged again', { missing: 90, missingTwice: 0, withheldPass: 5 }, { before: null, withheldPass: 5, withheld: 90 }],
    ['nothing at once where rows may have been left out, and of that nothing is said', { missing: 10, maySkip: true }, { before: null, withheldPass: 5, withheld: 0 }],
    ['what is missing a second time where rows may have been left out', { missing: 10, missingTwice: 4, withheldPass: 4, maySkip: true }, { before: 4, withheldPass: 5, withheld: 0 }],
    ['nothing more than that where a list that may have left rows out is much shorter', { missing: 90, missingTwice: 4, withheldPass: 4, maySkip: true }, { before: 4, withheldPass: 5, withheld: 86 }],
    ['everything that is missing once enough came again', { missing: 40, missingTwice: 20, withheldPass: 4 }, { ...nothing, before: 5 }],
  ])('%s', (_, counts, verdict) => {
    expect(judgeSweep(swept(counts), 0.5)).toEqual(verdict);
  });

  it('needs at least something of what is known, even where any share would do', () => {
    expect(judgeSweep(swept({ missing: 99 }), 0)).toEqual({ ...nothing, before: 5 });
    expect(judgeSweep(swept({ missing: 100 }), 0).before).toBeNull();
  });
});
