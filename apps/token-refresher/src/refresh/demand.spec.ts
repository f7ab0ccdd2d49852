import type { Credential } from '../credential/credential.js';
import { isMet, type Demand } from './demand.js';

const met = (demand: Demand, over: Partial<Credential>, digest: string | null = 'current', now = 10_000) =>
  isMet(demand, { version: 3, due: false, secondsLeft: 600, secondsSinceRefresh: null, suspectTokenDigest: null, ...over } as Credential, () => Promise.resolve(digest), now);

describe('a wish for a newer token is met', () => {
  it.each<[string, Demand, Partial<Credential>, boolean]>([
    ['when nothing is due', { kind: 'due' }, {}, true],
    ['not while it is due', { kind: 'due' }, { due: true }, false],
    ['by enough life', { kind: 'lifetime', minimumSeconds: 600 }, {}, true],
    ['not by too little', { kind: 'lifetime', minimumSeconds: 601 }, {}, false],
    ['not by a dead token, though nothing is wanted', { kind: 'lifetime', minimumSeconds: 0 }, { secondsLeft: 0 }, false],
    ['by an unknown life', { kind: 'lifetime', minimumSeconds: 3_600 }, { secondsLeft: null }, true],
    ['when the rejected token is not the current one', { kind: 'rejected', tokenDigest: 'other' }, {}, true],
    ['not while the rejected token is the current one', { kind: 'rejected', tokenDigest: 'current' }, {}, false],
    ['when that value was renewed before and came back', { kind: 'rejected', tokenDigest: 'current' }, { suspectTokenDigest: 'current' }, true],
    ['by a newer version than was seen when asking', { kind: 'now', askedAt: 9_000, version: 2 }, {}, true],
    ['not by the version that was there', { kind: 'now', askedAt: 9_000, version: 3 }, {}, false],
    ['by a refresh stored after the question, though it was seen already', { kind: 'now', askedAt: 9_000, version: 3 }, { secondsSinceRefresh: 0.9 }, true],
    ['not by a refresh stored before the question', { kind: 'now', askedAt: 9_000, version: 3 }, { secondsSinceRefresh: 1.1 }, false],
  ])('%s', async (_, demand, over, expected) => {
    expect(await met(demand, over)).toBe(expected);
  });
});
